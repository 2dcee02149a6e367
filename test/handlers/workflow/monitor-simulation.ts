import type { SelectDataInput } from '../../../lib/handlers/workflow-contract';
import { type Execution, EVALUATE, type StepInput, WORKFLOW, WorkflowWorld } from './simulation';

const HOUR = 3_600_000;
const STEPS = ['SelectData', 'Analyze', 'Report', 'Finish'] as const;

/** The settings of a monitor, as its state machine contains them. */
export const SELECT: Pick<SelectDataInput, 'Capture' | 'Manifests' | 'DelayHours' | 'MaxWindowHours'> = {
  Capture: { Bucket: 'data', Prefix: 'captured/', Folders: ['churn/main', 'churn/canary'] },
  Manifests: 's3://reports/drift/manifests',
  DelayHours: 1,
  MaxWindowHours: 168,
};

/** A simulation of a monitor. Its jobs complete after 10 minutes with the report, unless a test ends them. */
export class MonitorWorld extends WorkflowWorld {
  /** The files that the jobs write. */
  public report: Record<string, string> = { 'constraint_violations.json': '{"violations":[]}' };

  constructor(private readonly select: Partial<typeof SELECT> = {}) {
    super();
    this.onCreated = ({ name }): void =>
      this.at(600_000, () => {
        for (const [file, body] of Object.entries(this.report))
          this.objects.set(`s3://reports/drift/${name}/report/${file}`, { time: this.now(), body });
        this.end(name, 'Completed');
      });
  }

  /** Stores a file of captured data in the folder of an hour since 1970. */
  public capture(hour: number, file = '00-00-000-a.jsonl', variant = 'churn/main'): string {
    const folder = new Date(hour * HOUR).toISOString().slice(0, 13).replace(/\D/g, '/');
    const name = `${variant}/${folder}/${file}`;
    this.objects.set(`captured/${name}`, { time: this.now(), body: '' });
    return name;
  }

  /** Runs an execution that starts at an hour since 1970, or now. */
  public async analyze(hour?: number): Promise<Execution> {
    if (hour !== undefined) await this.pass(hour * HOUR - this.now());
    const arn = this.start();
    await this.untilIdle();
    return this.execution(arn);
  }

  /** The files that the job of an execution reads. Undefined if no job ran. */
  public filesOf({ arn }: Execution): string[] | undefined {
    const manifest = this.objects.get(`${SELECT.Manifests}/${arn.split(':').at(-1)}.json`);
    return manifest && (JSON.parse(manifest.body) as string[]).slice(1);
  }

  protected override proceed(execution: Execution, output: object): void {
    const step = STEPS[execution.step];
    Object.assign(execution.results, { [step]: output });
    const isEmpty = step === 'SelectData' && execution.results.SelectData?.HasData === false;
    execution.step = isEmpty ? STEPS.indexOf('Finish') : execution.step + 1;
  }

  protected override inputOf({ arn, input, step, startedAt, results }: Execution, RedriveCount: number): StepInput {
    const common = { Workflow: WORKFLOW, Execution: arn, RedriveCount, Input: input };
    const { SelectData: window, Analyze, Report } = results;
    switch (STEPS[step]) {
      case 'SelectData':
        return {
          ...{ ...common, ...SELECT, ...this.select, Action: 'SelectData' },
          StartedAt: new Date(startedAt).toISOString(),
        };
      case 'Analyze': {
        const { Manifest = '', StartTime, EndTime } = window!;
        const Values = { Manifest, StartTime, EndTime };
        return { ...common, Action: 'RunJob', Job: EVALUATE, Request: REQUEST, Tags: '[]', Values };
      }
      case 'Report':
        return {
          ...{ ...common, Action: 'Report', Window: window! },
          ...{ Report: 's3://reports/drift/{{JobName}}/report', JobName: Analyze!.JobName },
        };
      case 'Finish':
        return {
          ...{ ...common, Action: 'Finish', Window: window, Report },
          Outcome: Report === undefined ? 'NoData' : 'Completed',
        };
    }
  }
}

const REQUEST = JSON.stringify({
  RoleArn: 'role',
  ProcessingInputs: [{ InputName: 'endpoint', S3Input: { S3Uri: '{{Manifest}}' } }],
  Environment: { start_time: '{{StartTime}}', end_time: '{{EndTime}}' },
});
