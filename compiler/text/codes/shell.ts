/** The command line: arguments, files, the environment. */
export const shellCodes = {};
