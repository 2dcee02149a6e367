import type { Check } from '../check';

export const serverlessUser: Check = {
  id: 'serverless-user',
  group: 'serving',
  severity: 'error',
  fact: 'B5',
  title: 'The container can serve as a user that does not exist in the image, as on serverless endpoints',
  skipReason: ({ specification: { serving } }) =>
    serving?.isServerless === true ? undefined : 'the endpoint is not serverless (--serverless)',
  servingVariation: {
    applies: ({ isServerless }) => isServerless === true,
    change: (request) => ({ ...request, user: undefined }),
  },
  run: async ({ serving }) => {
    const evidence = await serving.evidenceFor('serverless-user');
    if (evidence === undefined) return [];
    return [
      {
        message: 'The container serves as root only, but serverless endpoints run it as another user.',
        fix: 'Make programs and models readable for all users, and write only to /tmp: RUN chmod -R o+rX /opt/program.',
        evidence,
      },
    ];
  },
};
