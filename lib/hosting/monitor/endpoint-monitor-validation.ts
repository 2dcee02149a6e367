import { type Duration, type aws_scheduler as scheduler } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { MONITOR, MONITOR_VARIABLES } from '../../private/monitor-contract';
import { warnAboutEveryMinute } from '../../private/schedule';
import { checkStateMachineName } from '../../private/state-machine';
import { ValidationErrors, isKnown, quote } from '../../private/validation';
import type { ProcessingOptions } from '../../processing/processing-options';
import { checkProcessing, warnAboutProcessing } from '../../processing/processing-validation';
import type { CaptureMode } from '../endpoint-config/data-capture';
import type { EndpointMonitorOptions } from './endpoint-monitor-options';
import { type MonitoredEndpoint, captureFolder, captureIndexNames } from './monitored-endpoint';

const MINUTES: Record<string, number> = { minute: 1, hour: 60, day: 24 * 60 };

/** The delay and the maximum window of a monitor. */
export interface WindowTimes {
  readonly delay: Duration;
  readonly maxWindow: Duration;
}

/**
 * Validates a monitor.
 *
 * @param job the processing job with the inputs, the output and the environment of the monitor
 * @throws an error that lists every invalid property
 */
export function checkMonitor(
  scope: Construct,
  endpoint: MonitoredEndpoint,
  options: EndpointMonitorOptions,
  { times, job }: { readonly times: WindowTimes; readonly job: ProcessingOptions },
): void {
  const errors = new ValidationErrors(`Monitor ${scope.node.path}`, 'monitoring');
  checkStateMachineName(errors, options.stateMachineName);
  if (endpoint.isConfigImported) {
    errors.add(
      'the data capture of an imported endpoint configuration is unknown. Create the endpoint with an `EndpointConfig` that has `dataCapture`',
    );
  } else {
    checkCapturedData(scope, errors, endpoint, options.captureModes);
    checkVariantNames(errors, endpoint, options.variantNames);
  }
  checkTimes(errors, options.schedule, times);
  checkReserved(errors, options);
  checkLocations(scope, errors, endpoint, options);
  const { maxViolations } = options.violationAlarm ?? {};
  errors.when(
    isKnown(maxViolations) && !(Number.isInteger(maxViolations) && maxViolations >= 0),
    `\`violationAlarm.maxViolations\` must be a whole number of at least 0, got: ${maxViolations}`,
  );
  checkProcessing(scope, errors, job);
  errors.throwIfAny();
  warnAboutEveryMinute(scope, scope.node.id, options.schedule);
  warnAboutProcessing(scope, job);
}

function checkCapturedData(
  scope: Construct,
  errors: ValidationErrors,
  { production, dataCapture, isAsync }: MonitoredEndpoint,
  captureModes: CaptureMode[] | undefined,
): void {
  errors.when(
    isAsync,
    'an asynchronous endpoint has no captured data: its requests and responses are objects in `asyncInference.input` and `asyncInference.output`',
  );
  const isServerless = production.some(({ kind }) => kind === 'serverless');
  errors.when(isServerless, 'a serverless variant captures no data. Use ProductionVariant.instances()');
  errors.when(
    !isAsync && !isServerless && dataCapture === undefined,
    'the endpoint configuration has no `dataCapture`. Specify it, so that there is data to analyze',
  );
  errors.when(
    dataCapture?.enabled === false,
    '`dataCapture.enabled` of the endpoint configuration is false. Remove it, so that there is data to analyze',
  );
  errors.when(
    dataCapture?.samplingPercentage === 0,
    '`dataCapture.samplingPercentage` of the endpoint configuration is 0. Omit it, so that there is data to analyze',
  );
  dataCapture?.destination._checkEnvironment(scope, errors, 'dataCapture.destination');
  const captured = captureIndexNames(dataCapture?.captureModes);
  errors.when(
    captureModes?.length === 0,
    '`captureModes` must not be empty: omit it for all that the endpoint captures',
  );
  const missing = captureIndexNames(captureModes ?? []).filter((name) => !captured.includes(name));
  errors.when(
    dataCapture !== undefined && missing.length > 0,
    `\`captureModes\` requires ${missing.join(' and ')}, which the endpoint does not capture, got: ${dataCapture?.captureModes?.join(', ')} in ` +
      '`dataCapture.captureModes`. Capture both: [CaptureMode.INPUT, CaptureMode.OUTPUT]',
  );
}

function checkVariantNames(
  errors: ValidationErrors,
  { production, shadow }: MonitoredEndpoint,
  variantNames: string[] | undefined,
): void {
  const known = [...production, ...(shadow === undefined ? [] : [shadow])].map(({ variantName }) => variantName);
  for (const name of variantNames ?? [])
    errors.when(
      isKnown(name) && !known.includes(name),
      `\`variantNames\` must name variants of the endpoint (${known.join(', ')}), got: ${quote(name)}`,
    );
  errors.checkUnique('variantNames', variantNames ?? []);
  errors.when(variantNames?.length === 0, '`variantNames` must not be empty: omit it for all production variants');
}

function checkTimes(
  errors: ValidationErrors,
  schedule: scheduler.ScheduleExpression,
  { delay, maxWindow }: WindowTimes,
): void {
  errors.checkKnown({ delay, maxWindow });
  for (const [property, duration] of Object.entries({ delay, maxWindow })) {
    const hours = duration.isUnresolved() ? 1 : duration.toHours({ integral: false });
    errors.when(
      hours < 1 || !Number.isInteger(hours),
      `\`${property}\` must be whole hours, at least 1, got: ${duration.toHumanString()}. Captured data is stored in a folder for each hour`,
    );
  }
  const [, count, unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(schedule.expressionString) ?? [];
  if (count === undefined) return;
  const minutes = Number(count) * MINUTES[unit];
  errors.when(
    minutes < 60,
    `\`schedule\` must have at least 1 hour between two executions, got: ${schedule.expressionString}. A window consists of whole hours`,
  );
  errors.when(
    !maxWindow.isUnresolved() && minutes > maxWindow.toMinutes({ integral: false }),
    `\`maxWindow\` must be at least the time between two executions, ${schedule.expressionString}, got: ${maxWindow.toHumanString()}. The data ` +
      'before it would not be analyzed',
  );
}

/** The inputs, the output and the variables that the monitor adds. */
function checkReserved(
  errors: ValidationErrors,
  { inputs = {}, outputs = {}, environment = {} }: EndpointMonitorOptions,
): void {
  const reserved = {
    inputs: [inputs, [MONITOR.capture, MONITOR.baseline]],
    outputs: [outputs, [MONITOR.report]],
    environment: [environment, MONITOR_VARIABLES],
  } as const;
  for (const [property, [specified, names]] of Object.entries(reserved))
    for (const name of names.filter((one) => one in specified))
      errors.add(`\`${property}\` must not contain "${name}", which the monitor adds. Use another name`);
}

function checkLocations(
  scope: Construct,
  errors: ValidationErrors,
  { endpointName, dataCapture }: MonitoredEndpoint,
  { outputs = {}, reportLocation }: EndpointMonitorOptions,
): void {
  reportLocation?._checkOutput(errors, 'reportLocation');
  // The steps write the manifests there, and read the reports.
  reportLocation?._checkEnvironment(scope, errors, 'reportLocation');
  if (dataCapture === undefined) return;
  const captured = captureFolder(dataCapture, endpointName)._folder;
  const written = {
    reportLocation,
    ...Object.fromEntries(Object.entries(outputs).map(([name, one]) => [`outputs["${name}"]`, one._location])),
  };
  for (const [property, location] of Object.entries(written))
    errors.when(
      location !== undefined && captured._contains(location._folder),
      `\`${property}\` must not be in the captured data of the endpoint, ${quote(captured.keyPrefix)}, got: ${quote(location?.keyPrefix ?? '')}: ` +
        'a monitor would also read what it has written. Use another prefix',
    );
}
