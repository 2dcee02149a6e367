import type { Rule } from './rule';
import {
  issue,
  EXCLUSIONS,
  ISOLATION,
  MARKETPLACE_ALGORITHM,
  MARKETPLACE_LIMITS,
  REMOTE_DEBUGGING,
  SHADOW,
} from './sources';

export const MARKETPLACE: readonly Rule[] = [
  {
    rule: '`networkIsolation` is false for a product from AWS Marketplace.',
    source: ISOLATION,
    messages: ['an algorithm from AWS Marketplace requires it', '`networkIsolation` must not be false for a product'],
  },
  {
    rule: '`maxWaitTime` is more than 1 hour for an algorithm from AWS Marketplace.',
    source: MARKETPLACE_LIMITS,
    messages: ['`maxWaitTime` must be at most 1 hour'],
  },
  {
    rule: '`remoteDebug` is set for an algorithm from AWS Marketplace.',
    source: REMOTE_DEBUGGING,
    messages: ['`remoteDebug` must not be true'],
  },
  {
    rule: 'A serverless variant has a product from AWS Marketplace.',
    source: MARKETPLACE_LIMITS,
    messages: ['it is a product from AWS Marketplace'],
  },
  {
    rule: '`asyncInference` is set with a product from AWS Marketplace.',
    source: [MARKETPLACE_LIMITS, issue('aws/sagemaker-python-sdk', 3969)].join(', '),
    messages: ['`asyncInference` is not supported for a product from AWS Marketplace'],
  },
  {
    rule: '`shadowVariant` is set with a product from AWS Marketplace.',
    source: SHADOW,
    messages: ['hosts a product from AWS Marketplace'],
  },
  {
    rule: 'A gradual `deployment` is set for a product from AWS Marketplace.',
    source: EXCLUSIONS,
    messages: ['whose model is a product from AWS Marketplace'],
  },
  {
    rule: '`certifyForMarketplace` is set without `validationProfiles` or `validationProfile`: products that are not validated cannot be listed.',
    result: 'warning',
    source: MARKETPLACE_ALGORITHM,
    messages: ['`certifyForMarketplace` is set without'],
  },
];
