/** The time as the service sees it. Tests bring their own. */
export type Clock = () => Date;

export const systemClock: Clock = () => new Date();
