import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import * as path from 'node:path';
import { EngineError } from './engine';

/** The credential helper of the CDK, which gets the password of a registry from Amazon ECR or AWS Secrets Manager when an image is pulled. */
const HELPER = 'cdk-assets';

const DOCUMENTATION = 'docs/extending-images.md#log-in-to-the-registry';

/** The file in which the CDK finds the logins for registries. */
function loginFile(): string {
  return process.env.CDK_DOCKER_CREDS_FILE ?? path.join(homedir(), '.cdk', 'cdk-docker-creds.json');
}

/**
 * Writes a Docker configuration with the logins of the CDK to a directory, and returns the environment variable that selects it. The
 * other settings are those of the user, as far as they are on this machine. Without the file of the CDK, they apply unchanged.
 *
 * @throws EngineError if the file is not valid
 */
export function loginEnvironment(directory: string): Record<string, string> {
  const domains = domainsIn(loginFile());
  if (domains.length === 0) return {};
  const own = process.env.DOCKER_CONFIG ?? path.join(homedir(), '.docker');
  const config = path.join(directory, 'docker');
  mkdirSync(config);
  for (const name of existsSync(own) ? readdirSync(own) : []) link(path.join(own, name), path.join(config, name));
  const settings = readJson(path.join(own, 'config.json'));
  const helpers = Object.fromEntries(domains.map((domain) => [domain, HELPER]));
  const credHelpers = { ...(settings.credHelpers as object | undefined), ...helpers };
  writeFileSync(path.join(config, 'config.json'), JSON.stringify({ ...settings, credHelpers }), { mode: 0o600 });
  return { DOCKER_CONFIG: config };
}

/** The advice for a build that failed for lack of a login; none if it failed for another reason. */
export function loginAdvice(output: string): string[] {
  const file = loginFile();
  if (output.includes(`docker-credential-${HELPER}`)) {
    return [
      `The program docker-credential-${HELPER} could not get the login that ${file} specifies. Install it with \`npm install --global ` +
        'cdk-assets`, and check the credentials for AWS.',
    ];
  }
  if (
    !/no basic auth credentials|unauthorized|authorization failed|authentication required|access denied/i.test(output)
  )
    return [];
  return [
    `If the base image is in a private registry, log in with \`docker login\`, or add the domain of the registry to ${file}: ` +
      DOCUMENTATION,
  ];
}

/** The domains for which the CDK has a login. */
function domainsIn(file: string): string[] {
  if (!existsSync(file)) return [];
  const { domainCredentials } = readJson(file);
  if (typeof domainCredentials !== 'object' || domainCredentials === null) {
    throw new EngineError(
      `${file} must contain an object \`domainCredentials\` with the logins by domain: ${DOCUMENTATION}`,
    );
  }
  return Object.keys(domainCredentials);
}

function readJson(file: string): Record<string, unknown> {
  if (!existsSync(file)) return {};
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  } catch (error) {
    throw new EngineError(`${file} is not valid JSON: ${(error as Error).message}`);
  }
}

/** Contexts and plugins are directories, which need no copy. Windows requires no permission for a junction. */
function link(source: string, target: string): void {
  if (statSync(source).isDirectory()) symlinkSync(source, target, 'junction');
  else cpSync(source, target);
}
