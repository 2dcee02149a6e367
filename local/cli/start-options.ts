import * as path from 'node:path';
import { type Command, Option } from 'commander';
import { DEFAULT_ACCOUNT, type ServiceOptions, accountOf } from '../services';
import { collect } from './common';
import { UsageError, ValidationErrors, count, isDirectory, pairs } from './options';

export const LOOPBACK = '127.0.0.1';
export const PORT = '4599';
const INSTANCE_TYPE = /^ml\.[a-z0-9-]+\.[a-z0-9]+$/;
const MOUNT_NAME = /^(fs-[0-9a-f]{8,}|[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])$/;

const ENFORCE_IAM = new Option('--enforce-iam', 'enforce the policies of roles and resources').env('BYOA_ENFORCE_IAM');

export interface LocalOptions {
  readonly directory: string;
}

export interface StartOptions extends LocalOptions {
  readonly port: string;
  readonly mount?: string[];
  readonly host: string;
  readonly allowRemote?: boolean;
  readonly maxInstances: string;
  readonly endpointQuota?: string[];
  readonly enforceIam?: boolean;
  readonly gpus?: boolean;
  readonly account?: string;
  readonly peer?: string[];
}

/** The options of the commands that start the service. */
export function withStartOptions(command: Command): Command {
  return command
    .option('--port <port>', 'port of the service', PORT)
    .option('--account <ID>', `account of the service, 12 digits (default: that of its state, or ${DEFAULT_ACCOUNT})`)
    .option(
      '--peer <DIR>',
      'state directory of the service of another account, whose shared resources this one can use (repeatable)',
      collect,
    )
    .option(
      '--mount <NAME=DIR>',
      'a directory of this machine as a read-only bucket, or as a file system if the name is fs-… (repeatable)',
      collect,
    )
    .option(
      '--max-instances <number>',
      'maximum number of instances of a variant, and of copies of an inference component',
      '2',
    )
    .option(
      '--endpoint-quota <TYPE=NUMBER>',
      'quota of the instances of a type that endpoints can use, such as ml.m5.large=1 (repeatable; default: no quotas)',
      collect,
    )
    .option('--host <address>', 'address to listen on', LOOPBACK)
    .option('--allow-remote', 'allow a --host that other machines can reach, which lets them run containers here')
    .option('--gpus', 'containers on instances with GPUs use the GPUs of this machine, and fail if there are none')
    .addOption(ENFORCE_IAM);
}

/** The validated values of the options of a start. */
export type Settings = Pick<ServiceOptions, 'account' | 'peers' | 'mounts' | 'endpointQuotas'>;

/** Validates the options of a start, and parses the repeatable ones. */
export function settingsOf(options: StartOptions): Settings {
  const { mount, host, allowRemote, port, maxInstances, endpointQuota } = options;
  const errors = new ValidationErrors();
  count(errors, '--port', port, [0, 65_535]);
  count(errors, '--max-instances', maxInstances, [1, 100]);
  errors.when(
    ![LOOPBACK, 'localhost', '::1'].includes(host) && allowRemote !== true,
    `--host ${host} is not a loopback address: other machines could run containers here. Add --allow-remote to allow that`,
  );
  const settings = {
    account: accountIn(errors, options),
    peers: peersOf(errors, options),
    mounts: mountsOf(errors, mount),
    endpointQuotas: quotasOf(errors, endpointQuota),
  };
  errors.throwIfAny();
  return settings;
}

/** The account of the service: its state contains the ARNs of one account only. */
function accountIn(errors: ValidationErrors, { account, directory }: StartOptions): string | undefined {
  const kept = accountOf(path.resolve(directory));
  if (account === undefined) return kept;
  errors.when(!/^\d{12}$/.test(account), `--account must be 12 digits, got: "${account}"`);
  errors.when(
    kept !== undefined && kept !== account,
    `--account ${account}: the state in ${path.resolve(directory)} is of the account ${kept}. Choose another --directory`,
  );
  return account;
}

/** The state directories of other accounts. Their services can be started later. */
function peersOf(errors: ValidationErrors, { peer = [], directory, account }: StartOptions): string[] {
  const own = account ?? accountOf(path.resolve(directory)) ?? DEFAULT_ACCOUNT;
  return peer.map((name) => {
    const resolved = path.resolve(name);
    const isOwn = resolved === path.resolve(directory) || accountOf(resolved) === own;
    errors.when(isOwn, `--peer ${name} must be the state directory of another account than ${own}`);
    return resolved;
  });
}

function mountsOf(errors: ValidationErrors, mount?: string[]): Record<string, string> {
  const mounts = pairs(errors, '--mount', mount).map(([name, directory]) => {
    errors.when(
      !MOUNT_NAME.test(name),
      `--mount ${name}: the name must be that of a bucket or of a file system (fs-…)`,
    );
    errors.when(!isDirectory(directory), `--mount ${name}: "${directory}" is not a directory`);
    return [name, path.resolve(directory)] as const;
  });
  return Object.fromEntries(mounts);
}

function quotasOf(errors: ValidationErrors, endpointQuota?: string[]): Record<string, number> {
  const quotas = pairs(errors, '--endpoint-quota', endpointQuota).map(([type, number]) => {
    errors.when(!INSTANCE_TYPE.test(type), `--endpoint-quota ${type}: must be an instance type such as ml.m5.large`);
    return [type, count(errors, `--endpoint-quota ${type}`, number, [0, 1000]) ?? 0] as const;
  });
  return Object.fromEntries(quotas);
}

/** Why the service cannot listen, and what the user can do. */
export function listenError(error: NodeJS.ErrnoException, { host, port }: StartOptions): Error {
  const fixes: Record<string, string> = {
    EADDRINUSE: `--port ${port} is in use by another process. Stop it, or choose another port (0: any free one)`,
    EACCES: `--port ${port} requires root. Choose a port from 1024 (0: any free one)`,
    EADDRNOTAVAIL: `--host ${host} is not an address of this machine`,
    ENOTFOUND: `--host ${host} is not an address of this machine`,
  };
  const fix = fixes[error.code ?? ''];
  return fix === undefined ? error : new UsageError([fix]);
}
