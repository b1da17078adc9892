/** For validation and for variables: after so many mistakes whoever made them knows enough, and each costs a sentence. */
export const fewErrors = { maxErrors: 10 } as const;
