import { repository } from '../../package.json';

const DOCUMENT = `${repository.url.replace(/\.git$/, '')}/blob/main/docs/local.md`;

/** The list of what the local service refuses, for errors that name a whole operation or resource type. */
export const UNSUPPORTED_FEATURES = `${DOCUMENT}#unsupported-features`;
