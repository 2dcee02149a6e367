// What a newcomer runs first: the example as a template, and the same container trained, served and asked on this machine.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { Session, note } from '../local/cli/session';
import { invoke, serve, train } from '../local/container';

const ROOT = path.join(__dirname, '..');
const EXAMPLE = path.join(ROOT, 'assets', 'breast-cancer');
const DATA = path.join(EXAMPLE, 'data');
const LABELS: Record<string, string> = { '0': 'malignant', '1': 'benign' };

function step(title: string): void {
  note(`\n== ${title}`);
}

/** Runs a program of this project; its output is the user's. */
function run(command: string, ...args: string[]): void {
  const { status } = spawnSync(command, args, { cwd: ROOT, stdio: 'inherit' });
  if (status !== 0) throw new Error(`${[command, ...args].join(' ')} ended with code ${status}.`);
}

function synthesize(): void {
  step('Synthesizing the example app');
  run(process.execPath, 'node_modules/aws-cdk/bin/cdk', 'synth', '--quiet');
}

interface Answer {
  readonly predictions: { readonly label: string; readonly probability: number }[];
}

/** The held-out rows: what is asked, and what is right. */
function heldOut(): { rows: string; labels: string[] } {
  const lines = readFileSync(path.join(DATA, 'validation', 'validation.csv'), 'utf8')
    .trim()
    .split('\n');
  const cut = lines.map((line) => [line.slice(0, 1), line.slice(2)]);
  return { rows: cut.map(([, row]) => row).join('\n'), labels: cut.map(([label]) => LABELS[label]) };
}

async function lifecycle(session: Session, output: string): Promise<number> {
  step('Building the image');
  const image = await session.image(EXAMPLE, { platform: 'linux/amd64' });

  step('Training on the real data');
  const channels = ['train', 'validation'].map((name) => ({ name, directory: path.join(DATA, name) }));
  const request = { jobName: 'start', image, channels, outputDirectory: output };
  const { status, failureReason, modelArtifact } = await train(session.run, request, {
    stop: session.stop,
    onLog: ({ text }) => note(text),
  });
  if (status !== 'Completed') {
    note(`${status}: ${failureReason ?? 'stopped'}`);
    return 1;
  }

  step('Serving the model');
  const { url } = await serve(
    session.run,
    { image, model: modelArtifact },
    { stop: session.stop, onLog: ({ text }) => note(text) },
  );

  step('Asking it about rows that it has not seen');
  const { rows, labels } = heldOut();
  const { body } = await invoke(url, { body: Buffer.from(rows), contentType: 'text/csv' });
  const { predictions } = JSON.parse(Buffer.from(body).toString()) as Answer;
  predictions.slice(0, 5).forEach(({ label, probability }, index) => {
    note(
      `  row ${index + 1}: ${label.padEnd(9)} (benign with probability ${probability.toFixed(3)}), in truth ${labels[index]}`,
    );
  });
  const right = predictions.filter(({ label }, index) => label === labels[index]).length;
  console.log(`\nHeld-out accuracy: ${(right / labels.length).toFixed(3)} (${right} of ${labels.length} rows)`);
  console.log(`CloudFormation templates: ${path.join(ROOT, 'cdk.out')}`);
  return 0;
}

async function main(): Promise<void> {
  synthesize();
  if (process.argv.includes('--install-docker')) run('bash', 'scripts/docker-engine.sh');
  const output = mkdtempSync(path.join(tmpdir(), 'start-'));
  try {
    process.exitCode = await Session.of((session) => {
      step('Looking for the base image');
      run('bash', 'scripts/base-image.sh');
      return lifecycle(session, output);
    });
  } finally {
    rmSync(output, { recursive: true, force: true });
  }
}

void main();
