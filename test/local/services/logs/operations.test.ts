import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { Logs } from '../../../../local/services';
import { logsOperations } from '../../../../local/services/logs/operations';

interface Page {
  readonly events: { readonly message: string }[];
  readonly nextForwardToken: string;
  readonly nextBackwardToken: string;
}

const GROUP = '/aws/sagemaker/TrainingJobs';

let logs: Logs;

beforeEach(() => {
  logs = new Logs(mkdtempSync(path.join(tmpdir(), 'logs-')));
  ['one', 'two', 'three'].forEach((line) => logs.write(GROUP, 'job/algo-1', line));
});

function page(query: object): [string[], Page] {
  const found = logsOperations({ arn: (_service, name) => name }, logs).GetLogEvents({
    logGroupName: GROUP,
    logStreamName: 'job/algo-1',
    ...query,
  } as never);
  const { events } = found as Page;
  return [events.map(({ message }) => message), found as Page];
}

describe('The events of a log stream', () => {
  test('are returned in pages from the head, and a token of the end returns events that are written later', () => {
    const [first, { nextForwardToken }] = page({ startFromHead: true, limit: 2 });
    const [second, { nextForwardToken: end }] = page({ nextToken: nextForwardToken });
    const [none, { nextForwardToken: same }] = page({ nextToken: end });
    logs.write(GROUP, 'job/algo-1', 'four');
    const [later] = page({ nextToken: end });
    expect([first, second, none, later, same]).toEqual([['one', 'two'], ['three'], [], ['four'], end]);
  });

  test('are returned from the tail by default, and backward from there', () => {
    const [last, { nextBackwardToken }] = page({ limit: 2 });
    const [first] = page({ nextToken: nextBackwardToken });
    expect([last, first]).toEqual([['two', 'three'], ['one']]);
  });

  test('are not returned for an invalid token', () => {
    expect(() => page({ nextToken: 'x' })).toThrow('The specified nextToken is invalid.');
  });

  test('are found by the name of a job, an endpoint or a function', () => {
    logs.write('/aws/sagemaker/Endpoints/churn', 'main/i-local', 'served');
    logs.write(GROUP, 'job-2/algo-1', 'other');
    const of = (name: string): string[] => logs.of(name).map(({ event }) => event.message);
    expect([of('job'), of('churn'), of('none')]).toEqual([['one', 'two', 'three'], ['served'], []]);
  });
});

describe('The log streams of a group', () => {
  const describeStreams = (query: object): { logStreams: { logStreamName: string }[]; nextToken?: string } =>
    logsOperations({ arn: (_service, name) => name }, logs).DescribeLogStreams({
      logGroupName: GROUP,
      ...query,
    } as never) as ReturnType<typeof describeStreams>;
  const names = (query: object): string[] => describeStreams(query).logStreams.map((one) => one.logStreamName);

  test('have an ARN and the times of their first and last events', () => {
    const [first, , third] = logs.events(GROUP, 'job/algo-1').map(({ timestamp }) => timestamp);
    expect(describeStreams({})).toEqual({
      logStreams: [
        {
          logStreamName: 'job/algo-1',
          arn: `log-group:${GROUP}:log-stream:job/algo-1`,
          creationTime: first,
          firstEventTimestamp: first,
          lastEventTimestamp: third,
          lastIngestionTime: third,
        },
      ],
    });
  });

  test('are found by prefix, in either order, and in pages', () => {
    logs.write(GROUP, 'job/algo-2', 'four');
    logs.write(GROUP, 'other/algo-1', 'five');
    expect(names({ logStreamNamePrefix: 'job/', descending: true })).toEqual(['job/algo-2', 'job/algo-1']);
    const { nextToken } = describeStreams({ limit: 2 });
    expect([names({ limit: 2 }), names({ limit: 2, nextToken })]).toEqual([
      ['job/algo-1', 'job/algo-2'],
      ['other/algo-1'],
    ]);
  });
});
