export const mutationSteps = () => 1;
