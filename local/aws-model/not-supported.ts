import { repository } from '../../package.json';

/** The page that lists the errors about unsupported features, by service. `npm run generate:rules` writes it. */
export const UNSUPPORTED_PAGE = `${repository.url.replace(/\.git$/, '')}/blob/main/docs/local-unsupported.md`;

/** The sections of the page, by their anchors. */
export type NotSupportedSection =
  | 'all-services'
  | 'sagemaker'
  | 'cloudformation'
  | 's3'
  | 'step-functions'
  | 'eventbridge'
  | 'eventbridge-scheduler'
  | 'ecr'
  | 'dynamodb'
  | 'sns'
  | 'ssm'
  | 'sts'
  | 'cloudwatch'
  | 'application-auto-scaling';

/** The message of an error about a feature that the local service does not emulate, with a link to all of them. */
export function notSupported(section: NotSupportedSection, feature: string): string {
  return `The local service does not support ${feature}. See ${UNSUPPORTED_PAGE}#${section}`;
}
