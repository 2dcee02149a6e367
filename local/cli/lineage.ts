import { Command, Option } from 'commander';
import { UsageError, ValidationErrors, httpUrl } from './options';
import { note } from './session';

const FORMATS = ['text', 'json'] as const;

interface Options {
  readonly format: (typeof FORMATS)[number];
  readonly endpointUrl?: string;
}

export function lineageCommand(): Command {
  return new Command('lineage')
    .description('Print what produced a model package version: data, code, hyperparameters, metrics and execution')
    .argument('<arn>', 'ARN of the model package version, whose account and region are used')
    .addOption(new Option('--format <format>', 'format of the report').choices(FORMATS).default('text'))
    .option('--endpoint-url <url>', 'endpoint to use instead of AWS, such as that of the local service')
    .action(async (arn: string, options: Options) => {
      process.exitCode = await printLineage(arn, options);
    });
}

async function printLineage(arn: string, { format, endpointUrl }: Options): Promise<number> {
  const errors = new ValidationErrors();
  checkArn(errors, arn);
  httpUrl(errors, '--endpoint-url', endpointUrl);
  httpUrl(errors, 'AWS_ENDPOINT_URL', process.env.AWS_ENDPOINT_URL || undefined);
  errors.throwIfAny();
  // The clients of AWS are large: other commands do not load them.
  const { LineageError, lineageOf, lineageReport } = await import('../lineage');
  try {
    const lineage = await lineageOf({ modelPackageArn: arn, endpointUrl });
    process.stdout.write(`${lineageReport(format, lineage)}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof LineageError)) throw error;
    if (!error.isNotFound) throw new UsageError([error.message]);
    note(error.message);
    return 1;
  }
}

const ARN =
  /^arn:aws[a-z-]*:sagemaker:[a-z0-9-]+:\d{12}:model-package\/[A-Za-z0-9](?:-*[A-Za-z0-9]){0,62}(?:\/[1-9]\d{0,8})?$/;
const GROUP_ARN = /^arn:[^:]+:sagemaker:(?<region>[^:]+):\d{12}:model-package-group\/(?<group>[^/]+)$/;

function checkArn(errors: ValidationErrors, arn: string): void {
  const { region, group } = GROUP_ARN.exec(arn)?.groups ?? {};
  if (group !== undefined) {
    errors.when(
      true,
      `<arn> must be the ARN of a version, and not of a model package group, got: "${arn}". The versions of the group: ` +
        `aws sagemaker list-model-packages --model-package-group-name ${group} --region ${region}`,
    );
    return;
  }
  errors.when(
    !ARN.test(arn),
    `<arn> must be the ARN of a model package version such as arn:aws:sagemaker:eu-west-1:111122223333:model-package/churn/7, got: "${arn}"`,
  );
}
