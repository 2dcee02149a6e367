/** A user and group that no image defines: serverless endpoints run containers as one. */
export const UNKNOWN_USER = '65533:65533';
