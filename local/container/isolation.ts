import { writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { type ContainerSpec, EngineError } from './engine';
import FORWARDER from './forwarder.json';
import type { Run } from './run';

/**
 * The DNS server of isolated containers: themselves, so that no name of another network is resolved. The engine resolves the names of
 * their own network. Without it, older engines send the queries to the DNS servers of this machine.
 */
export const NO_NAME_SERVER = '127.0.0.1';

/** The path of the forwarder in its container. */
export const FORWARDER_PATH = '/byoa-forwarder';

interface Forwarding {
  /** The image of the isolated container. Only its platform matters: the forwarder needs no other file. */
  readonly image: string;

  /** The address of the isolated container in its network, with the port. */
  readonly target: string;
  readonly network: string;
  readonly publish: Required<ContainerSpec>['publish'];
}

/**
 * Publishes a port of an isolated container, and returns its address on this machine. This machine has no address in the network of
 * the container: a second container, which is also in the default network, forwards the connections.
 */
export async function forward(run: Run, { image, target, network, publish }: Forwarding): Promise<string> {
  const file = path.join(run.directory(), 'forwarder');
  writeFileSync(file, await programFor(run, image), { mode: 0o755 });
  const container = await run.create({
    image,
    entrypoint: [FORWARDER_PATH],
    command: [String(publish.port), ...target.split(':')],
    environment: {},
    mounts: [],
    publish,
    // The container forwards connections to the isolated container, and no packets from it.
    sysctls: { 'net.ipv4.ip_forward': '0' },
  });
  await run.engine.copyInto(container, file, FORWARDER_PATH);
  await run.engine.connect(container, network);
  await run.engine.start(container);
  return run.engine.address(container, publish.port);
}

async function programFor(run: Run, image: string): Promise<Buffer> {
  const platform = (await run.engine.inspectImage(image))?.platform ?? '';
  const program = (FORWARDER.programs as Record<string, string>)[platform];
  if (program !== undefined) return Buffer.from(program, 'base64');
  const known = Object.keys(FORWARDER.programs).join(', ');
  throw new EngineError(
    `A container with network isolation must have one of the platforms ${known}, got: "${platform}". Build the image with --platform linux/amd64.`,
  );
}
