import type { Check } from '../../core/check';

export const serverlessUser: Check = {
  id: 'serverless-user',
  group: 'serving',
  severity: 'error',
  fact: 'B5',
  title: 'A user that the image does not know can serve, as on serverless endpoints',
  unless: (lab) =>
    lab.specification.serving?.isServerless === true ? undefined : 'the endpoint is not serverless (--serverless)',
  serving: {
    applies: ({ isServerless }) => isServerless === true,
    change: (request) => ({ ...request, user: undefined }),
  },
  run: async (lab) => {
    const evidence = await lab.serving.failedFor('serverless-user');
    if (evidence === undefined) return [];
    return [
      {
        message: 'The container serves as root, and not as another user, which is what serverless endpoints run it as.',
        fix: 'Let everybody read programs and models, and write only to /tmp: RUN chmod -R o+rX /opt/program.',
        evidence,
      },
    ];
  },
};
