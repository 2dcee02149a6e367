import { ServiceError } from '../jobs/simulation';
import { ALARM_TEST, JOB_TEST, PING, QUOTA, ReleaseWorld, SHADOW_TEST, arnOf } from './simulation';

const HOUR = 3_600_000;

/** A deployment with a shadow test, whose hosting stack serves version 1. */
async function releasedWorld(test = SHADOW_TEST): Promise<ReleaseWorld> {
  const world = new ReleaseWorld(test);
  world.createStack();
  world.approve(1);
  await world.untilIdle();
  world.outcomes.length = 0;
  return world;
}

/** Lets hours pass, with the check of each of them. */
async function hours(world: ReleaseWorld, count: number): Promise<void> {
  for (let hour = 0; hour < count; hour++) {
    await world.pass(HOUR);
    world.nudge([0]);
    await world.untilIdle();
  }
}

async function approve(world: ReleaseWorld, number: number): Promise<void> {
  world.approve(number);
  await world.untilIdle();
}

/** The versions in production and in the shadow variant after each update. */
const updatesOf = (world: ReleaseWorld): [number, number][] =>
  world.updates.map(({ arn, shadow }) => [arn, shadow].map((one) => Number(one.split('/').at(-1)) || 0) as never);

const outcomesOf = (world: ReleaseWorld): string[] => world.outcomes.map(({ outcome }) => outcome);

test('The first version is released at once, since there is no other one to compare it with', async () => {
  const world = await releasedWorld();
  expect(updatesOf(world)).toEqual([[1, 0]]);
});

test('A version whose responses agree is released after the duration, by an update that also ends its test', async () => {
  const world = await releasedWorld();
  world.agreements.set(arnOf(2), 0.95);
  await approve(world, 2);
  expect(world.state).toEqual({ status: 'UPDATE_COMPLETE', released: arnOf(1), shadow: arnOf(2) });
  expect([world.parameter, world.shadowParameter]).toEqual([arnOf(1), arnOf(2)]);
  await hours(world, 1);
  expect([updatesOf(world).length, outcomesOf(world)]).toEqual([2, []]);
  await hours(world, 2);
  expect(updatesOf(world)).toEqual([
    [1, 0],
    [1, 2],
    [2, 0],
  ]);
  expect([world.parameter, world.shadowParameter]).toEqual([arnOf(2), 'none']);
  expect(world.outcomes).toMatchObject([
    {
      outcome: 'Released',
      modelPackageArn: arnOf(2),
      agreement: '0.95',
      requestCount: '20',
      reason: expect.stringMatching(
        /^19 of 20 requests have the same response as that of the released version/,
      ) as string,
    },
  ]);
  expect(world.violations).toEqual([]);
});

test('No execution runs during a test, and none is needed for an event in it', async () => {
  const world = await releasedWorld();
  await approve(world, 2);
  const { length } = world.executions;
  await world.pass(24 * HOUR);
  expect(world.executions).toHaveLength(length);
});

test('A version whose responses differ is rejected with the figures, and removed from the shadow variant', async () => {
  const world = await releasedWorld();
  world.agreements.set(arnOf(2), 0.85);
  await approve(world, 2);
  await hours(world, 3);
  expect(world.state).toEqual({ status: 'UPDATE_COMPLETE', released: arnOf(1), shadow: 'none' });
  expect([world.parameter, world.shadowParameter, world.statusOf(2)]).toEqual([arnOf(1), 'none', 'Rejected']);
  const reason =
    '17 of 20 requests have the same response as that of the released version (0.85), less than `minAgreement` 0.9; for example, ' +
    '$[0][0] is "yes" in production, and "no" in the shadow variant; 0 captured responses of production and 0 of the shadow variant ' +
    'have no counterpart';
  expect(world.outcomes).toEqual([
    expect.objectContaining({
      outcome: 'Rejected',
      modelPackageArn: arnOf(2),
      reason,
      agreement: '0.85',
      requestCount: '20',
    }),
  ]);
  const { input } = world.requests.find(({ call }) => call === 'UpdateModelPackage')!;
  expect(input).toMatchObject({ ApprovalDescription: `The shadow test failed: ${reason}` });
});

test('A version that is deleted before it is rejected is reported and removed, and does not block the deployment', async () => {
  const world = await releasedWorld();
  world.agreements.set(arnOf(2), 0.85);
  await approve(world, 2);
  world.fault = (call) => {
    if (call === 'UpdateModelPackage') world.delete(2);
    return undefined;
  };
  await hours(world, 3);
  expect(outcomesOf(world)).toEqual(['Rejected']);
  expect(world.state).toMatchObject({ status: 'UPDATE_COMPLETE', released: arnOf(1), shadow: 'none' });
});

test('A newer version replaces the one that is tested, and is tested for the whole duration', async () => {
  const world = await releasedWorld();
  await approve(world, 2);
  await hours(world, 1);
  await approve(world, 3);
  await hours(world, 1);
  expect(world.state?.shadow).toBe(arnOf(3));
  await hours(world, 2);
  expect(updatesOf(world)).toEqual([
    [1, 0],
    [1, 2],
    [1, 3],
    [3, 0],
  ]);
  expect([world.statusOf(2), outcomesOf(world)]).toEqual(['Approved', ['Released']]);
});

test('A version that a user rejects during its test is removed from the shadow variant, and tested from the start if it is approved again', async () => {
  const world = await releasedWorld();
  await approve(world, 2);
  await hours(world, 1);
  world.setStatus(2, 'Rejected');
  await world.untilIdle();
  expect(world.state?.shadow).toBe('none');
  await hours(world, 1);
  await approve(world, 2);
  await hours(world, 1);
  expect([world.state?.released, outcomesOf(world)]).toEqual([arnOf(1), []]);
  await hours(world, 2);
  expect([world.state?.released, outcomesOf(world)]).toEqual([arnOf(2), ['Released']]);
});

test('A version that was rejected by its test is released without another one if a user approves it again', async () => {
  const world = await releasedWorld();
  world.agreements.set(arnOf(2), 0);
  await approve(world, 2);
  await hours(world, 3);
  await world.pass(300_000);
  await approve(world, 2);
  expect([world.state?.released, outcomesOf(world)]).toEqual([arnOf(2), ['Rejected', 'Released']]);
  expect(updatesOf(world).at(-1)).toEqual([2, 0]);
});

test('A released version that a user rejects is replaced by the earlier one at once', async () => {
  const world = await releasedWorld();
  await approve(world, 2);
  await hours(world, 3);
  expect(world.state?.released).toBe(arnOf(2));
  world.setStatus(2, 'Rejected');
  await world.untilIdle();
  expect(world.state).toMatchObject({ released: arnOf(1), shadow: 'none' });
});

test('A version whose container does not start in the shadow variant is rejected', async () => {
  const world = await releasedWorld();
  world.break(2);
  await approve(world, 2);
  expect(world.state).toEqual({ status: 'UPDATE_ROLLBACK_COMPLETE', released: arnOf(1), shadow: 'none' });
  expect([world.shadowParameter, world.statusOf(2)]).toEqual(['none', 'Rejected']);
  expect(world.outcomes).toMatchObject([{ outcome: 'RolledBack', modelPackageArn: arnOf(2) }]);
  expect(world.outcomes[0].reason).toContain(PING);
});

test('A version is not rejected for a smoke test of production that fails when it is added to the shadow variant', async () => {
  const world = await releasedWorld();
  world.break(2, 'Smoke test failed: endpoint churn responded with status 500', 'Custom::SageMakerSmokeTest');
  await approve(world, 2);
  expect([world.statusOf(2), outcomesOf(world)]).toEqual(['Approved', ['Failed']]);
  expect(world.state).toMatchObject({ released: arnOf(1), shadow: 'none' });
});

test('A quota rejects no version, neither when its test starts nor when it is released, and it is tested once', async () => {
  const world = await releasedWorld();
  world.otherFailures.push(QUOTA);
  await approve(world, 2);
  expect(world.state?.shadow).toBe(arnOf(2));
  world.otherFailures.push(QUOTA, QUOTA);
  await hours(world, 4);
  expect([world.state?.released, world.statusOf(2), outcomesOf(world)]).toEqual([arnOf(2), 'Approved', ['Released']]);
  expect(updatesOf(world)).toEqual([
    [1, 0],
    [1, 2],
    [1, 2],
    [2, 0],
    [2, 0],
    [2, 0],
  ]);
});

test('An update that removes a rejected version from the shadow variant is repeated after a quota, and again after 6 hours', async () => {
  const world = await releasedWorld();
  await approve(world, 2);
  world.otherFailures.push(QUOTA, QUOTA, QUOTA, QUOTA, QUOTA);
  world.setStatus(2, 'Rejected');
  await world.untilIdle();
  expect([world.state?.shadow, outcomesOf(world)]).toEqual([arnOf(2), ['Failed']]);
  await hours(world, 5);
  expect([world.state?.shadow, outcomesOf(world)]).toEqual([arnOf(2), ['Failed']]);
  await hours(world, 2);
  expect([world.state?.shadow, outcomesOf(world)]).toEqual(['none', ['Failed']]);
});

test('A container that fails while a version is removed from the shadow variant is not blamed on it', async () => {
  const world = await releasedWorld();
  await approve(world, 2);
  world.otherFailures.push(PING);
  world.setStatus(2, 'Rejected');
  await world.untilIdle();
  expect([world.state?.shadow, outcomesOf(world)]).toEqual(['none', []]);
});

test('A test with too few requests continues until the maximum duration, is reported then, and ends when there are enough', async () => {
  const world = await releasedWorld();
  world.requestCount = 9;
  await approve(world, 2);
  await hours(world, 5);
  expect(outcomesOf(world)).toEqual([]);
  await hours(world, 2);
  expect(outcomesOf(world)).toEqual(['Blocked', 'Blocked']);
  expect(world.outcomes[0].reason).toBe(
    `${arnOf(2)} is not released: too few requests were captured with a response of both variants within 21600 seconds: 9, less than ` +
      '`minRequests` 10; 0 captured responses of production and 0 of the shadow variant have no counterpart',
  );
  expect(world.state).toMatchObject({ released: arnOf(1), shadow: arnOf(2) });
  world.requestCount = 10;
  await hours(world, 1);
  expect([world.state?.released, outcomesOf(world).at(-1)]).toEqual([arnOf(2), 'Released']);
});

test('A JSONPath that selects nothing releases no version, and is reported after the maximum duration', async () => {
  const world = new ReleaseWorld({ ...SHADOW_TEST, JsonPath: '$.label' });
  world.createStack();
  world.approve(1);
  await world.untilIdle();
  await approve(world, 2);
  await hours(world, 7);
  expect(world.state).toMatchObject({ released: arnOf(1), shadow: arnOf(2) });
  expect(world.outcomes.at(-1)).toMatchObject({
    outcome: 'Blocked',
    reason: `${arnOf(2)} is not released: \`jsonPath\` "$.label" selects no value in any response of production`,
  });
});

test.each(['UpdateModelPackage', 'PutEvents', 'PutItem'])(
  'The rejection is reported although the function dies after %s',
  async (call) => {
    const world = await releasedWorld();
    world.agreements.set(arnOf(2), 0);
    await approve(world, 2);
    await world.pass(2 * HOUR);
    let isEnding = false;
    let isDead = false;
    world.fault = (name) => {
      isEnding ||= name === 'UpdateModelPackage';
      if (!isEnding || isDead || name !== call) return undefined;
      isDead = true;
      return { isAfter: true };
    };
    world.nudge([0]);
    await world.untilIdle();
    expect(isDead).toBe(true);
    expect(world.statusOf(2)).toBe('Rejected');
    expect([...new Set(outcomesOf(world))]).toEqual(['Rejected']);
    expect(world.state).toMatchObject({ released: arnOf(1), shadow: 'none' });
  },
);

test('Captured data that cannot be read is read again', async () => {
  const world = await releasedWorld();
  await approve(world, 2);
  let failures = 3;
  world.fault = (call) =>
    call === 'GetObject' && failures-- > 0
      ? { error: new ServiceError('SlowDown', 'Please reduce your request rate', 503), isAfter: false }
      : undefined;
  await hours(world, 3);
  expect(world.state?.released).toBe(arnOf(2));
});

test('A hosting stack that does not read the parameter of the shadow test blocks releases', async () => {
  const world = await releasedWorld();
  world.parameterNames = ['Release'];
  await approve(world, 2);
  expect(world.outcomes).toMatchObject([
    { outcome: 'Blocked', reason: expect.stringContaining('reads the SSM parameter of the shadow test') as string },
  ]);
});

describe('A version whose shadow test has alarms', () => {
  /** Approves version 2, whose test has alarms. */
  async function testedWorld(): Promise<ReleaseWorld> {
    const world = await releasedWorld(ALARM_TEST);
    await approve(world, 2);
    return world;
  }

  test('is released if no alarm goes into ALARM', async () => {
    const world = await testedWorld();
    world.setAlarm('shadow-errors', 'OK');
    await hours(world, 3);
    expect([world.state?.released, outcomesOf(world)]).toEqual([arnOf(2), ['Released']]);
    expect(world.violations).toEqual([]);
  });

  test('is rejected at the next check after an alarm has gone into ALARM, also if it is OK again', async () => {
    const world = await testedWorld();
    world.setAlarm('shadow-latency', 'OK');
    await world.pass(60_000);
    world.setAlarm('shadow-latency', 'ALARM', 'Threshold Crossed: 1 datapoint [5.0]\nwas greater than the threshold');
    await world.pass(60_000);
    world.setAlarm('shadow-latency', 'OK');
    await hours(world, 1);
    expect(world.state).toEqual({ status: 'UPDATE_COMPLETE', released: arnOf(1), shadow: 'none' });
    expect([world.parameter, world.shadowParameter, world.statusOf(2)]).toEqual([arnOf(1), 'none', 'Rejected']);
    const reason =
      'alarm shadow-latency was in ALARM during the test: Threshold Crossed: 1 datapoint [5.0]\nwas greater than the threshold';
    expect(world.outcomes).toEqual([
      {
        workflowName: 'Release',
        executionArn: expect.any(String) as string,
        outcome: 'Rejected',
        modelPackageArn: arnOf(2),
        reason,
      },
    ]);
    const { input } = world.requests.find(({ call }) => call === 'UpdateModelPackage')!;
    expect(input).toMatchObject({ ApprovalDescription: `The shadow test failed: ${reason.replace('\n', ' ')}` });
    expect(world.requests.filter(({ call }) => call === 'GetObject')).toEqual([]);
    expect(world.violations).toEqual([]);
  });

  test('is rejected for an alarm whose history is cut off, with the summary as the reason', async () => {
    const world = await testedWorld();
    world.maxHistoryData = 20;
    world.setAlarm('shadow-errors', 'OK');
    world.setAlarm('shadow-errors', 'ALARM');
    await hours(world, 1);
    expect(world.outcomes).toMatchObject([
      { outcome: 'Rejected', reason: 'alarm shadow-errors was in ALARM during the test: Alarm updated to ALARM' },
    ]);
  });

  test('is rejected although too few of its requests have a response of both variants', async () => {
    const world = await testedWorld();
    world.requestCount = 1;
    await hours(world, 4);
    expect(world.statusOf(2)).toBe('Approved');
    world.setAlarm('shadow-errors', 'ALARM');
    await hours(world, 1);
    expect([world.statusOf(2), outcomesOf(world)]).toEqual(['Rejected', ['Rejected']]);
  });

  test('is not rejected for an alarm about the version before it, which is OK before the end', async () => {
    const world = await releasedWorld(ALARM_TEST);
    world.setAlarm('shadow-errors', 'ALARM');
    await world.pass(HOUR);
    await approve(world, 2);
    await hours(world, 1);
    expect(outcomesOf(world)).toEqual([]);
    world.setAlarm('shadow-errors', 'OK');
    await hours(world, 2);
    expect([world.state?.released, outcomesOf(world)]).toEqual([arnOf(2), ['Released']]);
  });

  test('is rejected for an alarm that is in ALARM from before its test until the end', async () => {
    const world = await releasedWorld(ALARM_TEST);
    world.setAlarm('shadow-errors', 'ALARM', 'too many errors');
    await world.pass(HOUR);
    await approve(world, 2);
    await hours(world, 1);
    expect(outcomesOf(world)).toEqual([]);
    await hours(world, 2);
    expect(world.outcomes).toMatchObject([
      { outcome: 'Rejected', reason: 'alarm shadow-errors was in ALARM during the test: too many errors' },
    ]);
    expect(world.violations).toEqual([]);
  });

  test('is rejected for an alarm that has gone into ALARM in the 5 minutes before the end of the update, by which clocks can differ', async () => {
    const world = await releasedWorld(ALARM_TEST);
    world.approve(2);
    await world.pass(8 * 60_000);
    world.setAlarm('shadow-errors', 'ALARM');
    await world.pass(60_000);
    world.setAlarm('shadow-errors', 'OK');
    await world.untilIdle();
    await hours(world, 1);
    expect(outcomesOf(world)).toEqual(['Rejected']);
  });

  test('is not released while an alarm does not exist, which is reported at each check with its name', async () => {
    const world = await releasedWorld(ALARM_TEST);
    world.alarms.delete('shadow-latency');
    await approve(world, 2);
    await hours(world, 3);
    expect(world.state).toMatchObject({ released: arnOf(1), shadow: arnOf(2) });
    expect([...new Set(outcomesOf(world))]).toEqual(['Blocked']);
    expect(world.outcomes[0].reason).toBe(
      `${arnOf(2)} is not released: \`alarms\` that do not exist, or are imported composite alarms: shadow-latency. Deploy the stack ` +
        'that creates them, or correct `alarms`',
    );
    world.alarms.add('shadow-latency');
    await hours(world, 1);
    expect([world.state?.released, outcomesOf(world).at(-1)]).toEqual([arnOf(2), 'Released']);
  });

  test('is tested with the alarms after a read that fails', async () => {
    const world = await testedWorld();
    world.setAlarm('shadow-errors', 'ALARM');
    const failing = new Set(['DescribeAlarms', 'DescribeAlarmHistory']);
    world.fault = (call) =>
      failing.delete(call)
        ? { error: new ServiceError('ThrottlingException', 'Rate exceeded'), isAfter: false }
        : undefined;
    await hours(world, 1);
    expect([failing.size, outcomesOf(world)]).toEqual([0, ['Rejected']]);
  });
});

describe('A version whose comparison is a processing job', () => {
  /** Approves version 2, whose comparison is a job. */
  async function testedWorld(test = JOB_TEST): Promise<ReleaseWorld> {
    const world = await releasedWorld(test);
    await approve(world, 2);
    return world;
  }

  const jobsOf = (world: ReleaseWorld): string[] => [...world.comparisons.jobs.values()].map(({ status }) => status);

  test('is released when the job has reported a metric that is good enough, with the metric', async () => {
    const world = await testedWorld();
    world.comparisons.metrics.set(arnOf(2), 0.9);
    await hours(world, 3);
    expect(jobsOf(world)).toEqual(['Completed']);
    expect(world.outcomes).toEqual([
      {
        workflowName: 'Release',
        executionArn: expect.any(String) as string,
        outcome: 'Released',
        modelPackageArn: arnOf(2),
        metric: '0.9',
        requestCount: '20',
        reason: expect.stringMatching(
          /^lift is 0.9, in s3:\/\/reports\/comparison\/training-comparison--\w{10}\/report\/evaluation.json$/,
        ) as string,
      },
    ]);
    expect(world.violations).toEqual([]);
  });

  test('is rejected with the metric if it is worse than the threshold', async () => {
    const world = await testedWorld();
    world.comparisons.metrics.set(arnOf(2), 0.89);
    await hours(world, 3);
    expect([world.state?.released, world.statusOf(2)]).toEqual([arnOf(1), 'Rejected']);
    expect(world.outcomes).toMatchObject([
      {
        outcome: 'Rejected',
        metric: '0.89',
        reason: expect.stringContaining('lift is 0.89, but must be at least 0.9, in s3://reports/') as string,
      },
    ]);
    expect(world.violations).toEqual([]);
  });

  test('is compared by the captured data of both variants since its test has started, which manifests list', async () => {
    const world = await testedWorld();
    await hours(world, 3);
    const [job] = world.comparisons.jobs.values();
    const [production, shadow] = (job.request.ProcessingInputs as { S3Input: { S3Uri: string } }[]).map(
      ({ S3Input }) => S3Input.S3Uri,
    );
    const hour = /\d{4}\/\d\d\/\d\d\/\d\d/.exec(world.objects.get(production)!)![0];
    expect(JSON.parse(world.objects.get(production)!)).toEqual([
      { prefix: 's3://capture/churn/main/' },
      `${hour}/00-00-000-1.jsonl`,
    ]);
    expect(JSON.parse(world.objects.get(shadow)!)).toEqual([
      { prefix: 's3://capture/churn/shadow/' },
      `${hour}/00-00-000-1.jsonl`,
    ]);
    const { start_time: start, end_time: end } = job.request.Environment as Record<string, string>;
    expect(start).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(Date.parse(end) - Date.parse(start)).toBeGreaterThanOrEqual(2 * HOUR - 1000);
    expect(job.tags.get('team')).toBe('churn');
  });

  test('is not compared before enough requests were captured', async () => {
    const world = await testedWorld();
    world.requestCount = 9;
    await hours(world, 5);
    expect(jobsOf(world)).toEqual([]);
    world.requestCount = 10;
    await hours(world, 2);
    expect([jobsOf(world), world.state?.released]).toEqual([['Completed'], arnOf(2)]);
  });

  test('is neither released nor rejected by a job that fails, which is reported, and tried again a day later', async () => {
    const world = await testedWorld();
    world.comparisons.failures.push('AlgorithmError: exit code 1');
    await hours(world, 5);
    expect([world.state?.shadow, world.statusOf(2), jobsOf(world)]).toEqual([arnOf(2), 'Approved', ['Failed']]);
    expect(new Set(outcomesOf(world))).toEqual(new Set(['Blocked']));
    expect(world.outcomes[0].reason).toMatch(
      /^\S+\/churn\/2 is not released: its comparison has failed: training-comparison--\w+ failed: AlgorithmError: exit code 1 \(log group /,
    );
    await hours(world, 24);
    expect([world.state?.released, jobsOf(world)]).toEqual([arnOf(2), ['Failed', 'Completed']]);
  });

  test('is reported if the report of the job has no metric', async () => {
    const world = await testedWorld({ ...JOB_TEST, Comparison: { ...JOB_TEST.Comparison!, Metric: 'metrics.lift' } });
    await hours(world, 3);
    expect(world.state?.shadow).toBe(arnOf(2));
    expect(world.outcomes.at(-1)).toMatchObject({
      outcome: 'Blocked',
      reason: expect.stringMatching(/must have a number at metrics.lift, got: nothing$/) as string,
    });
  });

  test.each(['ValidationException', 'ResourceLimitExceeded'])(
    'is reported at each check while SageMaker refuses its job with %s, and compared when it does not any more',
    async (name) => {
      const world = await testedWorld();
      world.fault = (call) =>
        call === 'CreateProcessingJob'
          ? { error: new ServiceError(name, 'The quota for ml.m5.large is 0 instances'), isAfter: false }
          : undefined;
      await hours(world, 4);
      expect([world.state?.shadow, world.statusOf(2), jobsOf(world)]).toEqual([arnOf(2), 'Approved', []]);
      expect(world.outcomes.at(-1)).toMatchObject({
        outcome: 'Blocked',
        reason: `${arnOf(2)} is not released: its comparison has failed: The quota for ml.m5.large is 0 instances`,
      });
      world.fault = () => undefined;
      await hours(world, 2);
      expect([world.state?.released, jobsOf(world)]).toEqual([arnOf(2), ['Completed']]);
    },
  );

  test('is rejected for an alarm while the job runs, which is stopped', async () => {
    const world = await testedWorld({ ...JOB_TEST, Alarms: ALARM_TEST.Alarms });
    world.comparisons.durationMs = 5 * HOUR;
    await hours(world, 3);
    expect(jobsOf(world)).toEqual(['InProgress']);
    world.setAlarm('shadow-errors', 'ALARM');
    await hours(world, 1);
    expect([jobsOf(world), outcomesOf(world)]).toEqual([['Stopped'], ['Rejected']]);
  });

  test('is replaced by a newer version, and its job is stopped', async () => {
    const world = await testedWorld();
    world.comparisons.durationMs = 24 * HOUR;
    await hours(world, 3);
    await approve(world, 3);
    expect([jobsOf(world), world.state?.shadow]).toEqual([['Stopped'], arnOf(3)]);
  });

  test('is compared again by a changed job: an update of the deployment stops the earlier one', async () => {
    const world = await testedWorld();
    world.comparisons.durationMs = 24 * HOUR;
    await hours(world, 3);
    expect(await world.resource('Update')).toBe('SUCCESS');
    expect(jobsOf(world)).toEqual(['InProgress']);
    const Request = JSON.stringify({ RoleArn: 'other' });
    world.shadowTest = { ...JOB_TEST, Comparison: { ...JOB_TEST.Comparison!, Request } };
    world.comparisons.durationMs = HOUR / 6;
    expect(await world.resource('Update', { ShadowTest: JOB_TEST })).toBe('SUCCESS');
    expect(jobsOf(world)).toEqual(['Stopped']);
    await hours(world, 2);
    expect([jobsOf(world), world.state?.released]).toEqual([['Stopped', 'Completed'], arnOf(2)]);
  });

  test('leaves no job that runs when the deployment is deleted', async () => {
    const world = await testedWorld();
    world.comparisons.durationMs = 24 * HOUR;
    await hours(world, 3);
    expect(await world.resource('Delete')).toBe('SUCCESS');
    expect(jobsOf(world)).toEqual(['Stopped']);
  });

  test.each(['PutObject', 'PutItem', 'CreateProcessingJob'])(
    'is compared by one job although the function dies after %s',
    async (call) => {
      const world = await testedWorld();
      await world.pass(2 * HOUR);
      let isStarting = false;
      let isDead = false;
      world.fault = (name) => {
        isStarting ||= name === 'PutObject';
        if (!isStarting || isDead || name !== call) return undefined;
        isDead = true;
        return { isAfter: true };
      };
      await hours(world, 2);
      expect([isDead, jobsOf(world), world.state?.released]).toEqual([true, ['Completed'], arnOf(2)]);
    },
  );
});

describe('The custom resource', () => {
  test('creates both parameters, and keeps the values of existing ones', async () => {
    const world = new ReleaseWorld(SHADOW_TEST);
    world.parameter = undefined;
    world.shadowParameter = undefined;
    expect(await world.resource('Create')).toBe('SUCCESS');
    expect([world.parameter, world.shadowParameter]).toEqual(['none', 'none']);
    world.shadowParameter = arnOf(2);
    expect(await world.resource('Create')).toBe('SUCCESS');
    expect(world.shadowParameter).toBe(arnOf(2));
  });

  test('creates the parameter of a shadow test that is added later', async () => {
    const world = new ReleaseWorld(SHADOW_TEST);
    world.shadowParameter = undefined;
    expect(await world.resource('Update', { ShadowTest: undefined })).toBe('SUCCESS');
    expect(world.shadowParameter).toBe('none');
  });

  test('fails if the parameter of the shadow test contains something else', async () => {
    const world = new ReleaseWorld(SHADOW_TEST);
    world.shadowParameter = 'subnet-1';
    expect(await world.resource('Create')).toBe('FAILED');
    expect(world.responses[0].Reason).toContain(
      'The SSM parameter /churn/shadow exists with the value "subnet-1", which is neither "none" nor a version of the model package group churn',
    );
  });
});
