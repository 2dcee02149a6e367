import { ServiceFixture } from './fixture';
import { StackFixture } from './stack-fixture';

const service = ServiceFixture.forEachTest();
const stacks = new StackFixture(service);

const TOPIC = 'arn:aws:sns:us-east-1:000000000000:topic';
const RoleArn = 'arn:aws:iam::000000000000:role/scheduler';

const schedule = (Name: string, Arn = TOPIC): object => ({
  Type: 'AWS::Scheduler::Schedule',
  Properties: {
    ...{ Name, ScheduleExpression: 'cron(0 0 1 1 ? *)', FlexibleTimeWindow: { Mode: 'OFF' } },
    Target: { Arn, RoleArn, Input: JSON.stringify(Name) },
  },
});

const rule = (Name: string): object => ({
  Type: 'AWS::Events::Rule',
  Properties: {
    Name,
    ScheduleExpression: 'rate(365 days)',
    Targets: [{ Id: 'a', Arn: TOPIC, Input: JSON.stringify(Name) }],
  },
});

async function fire(name: string): Promise<{ readonly status: number; readonly text: string }> {
  const response = await fetch(`${service.url}/_fire/${encodeURIComponent(name)}`, { method: 'POST' });
  return { status: response.status, text: await response.text() };
}

const RESOURCES = {
  RetrainingWeekly1A2B3C4D: schedule('churn-weekly'),
  RetrainingDaily5E6F7A8B: schedule('churn-daily'),
  Hourly: rule('release-hourly'),
};

test.each([
  ['by its name', 'churn-weekly', 'churn-weekly'],
  ['by its logical ID', 'RetrainingDaily5E6F7A8B', 'churn-daily'],
  ['by the end of its name', 'daily', 'churn-daily'],
  ['by the end of its logical ID without the hash', 'Weekly', 'churn-weekly'],
  ['of a rule', 'Hourly', 'release-hourly'],
])('A schedule is fired %s', async (_, name, expected) => {
  await stacks.create(RESOURCES);
  expect(await fire(name)).toEqual({ status: 200, text: `${expected}: published to ${TOPIC}` });
  expect(await stacks.messages('sns/us-east-1/000000000000/topic')).toEqual([expected]);
});

test('A name that several schedules have lists them', async () => {
  await stacks.create(RESOURCES);
  expect(await fire('ly')).toEqual({
    status: 400,
    text:
      'Several schedules match "ly": churn-daily (schedule RetrainingDaily5E6F7A8B), ' +
      'churn-weekly (schedule RetrainingWeekly1A2B3C4D), release-hourly (rule Hourly).',
  });
});

test('A name that no schedule has lists all schedules', async () => {
  await stacks.create({ Hourly: rule('release-hourly') });
  expect(await fire('nightly')).toEqual({
    status: 404,
    text: 'No schedule has the name "nightly". The schedules are release-hourly (rule Hourly).',
  });
});

test('A target that fails is reported', async () => {
  const arn = 'arn:aws:lambda:us-east-1:000000000000:function:none';
  await stacks.create({ Nightly: schedule('nightly', arn) });
  expect(await fire('nightly')).toEqual({
    status: 400,
    text: `nightly: The target ${arn} was not invoked: Function not found: ${arn}`,
  });
});

test('A schedule cannot be fired with GET, which a web page can send', async () => {
  expect(await service.send('GET', '/_fire/nightly')).toBe(405);
});
