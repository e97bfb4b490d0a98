/** Reading text into documents. */
export const manifestCodes = {};
