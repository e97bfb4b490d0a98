/** Checking documents as the API server does. */
export const modelCodes = {};
