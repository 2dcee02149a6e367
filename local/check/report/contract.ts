export const REPOSITORY = 'https://github.com/cdk-sagemaker-algorithm/cdk-sagemaker-algorithm';

/** The document that explains the requirement ids of findings, with one anchor per id. */
export const CONTRACT = `${REPOSITORY}/blob/main/docs/contract.md`;

/** The description of the first of several requirements. */
export function contractUrl(fact: string): string {
  const [id] = fact.split(',');
  return `${CONTRACT}#${id.trim().toLowerCase()}`;
}
