/** What an engine does with an object, where that deserves a look. */
export const engineCodes = {};
