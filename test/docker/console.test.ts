import { ListModelPackagesCommand, SageMakerClient } from '@aws-sdk/client-sagemaker';
import { source as axe, type AxeResults } from 'axe-core';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { type Browser, type Locator, type Page, chromium } from 'playwright-core';
import { type CommandResult, LocalMachine, outputOf, succeeded } from './local-machine';

/** Text that would run code if it were markup. The container responds with the request. */
const MARKUP = '<img src=x onerror="document.title = 1"><b>bold</b>';
const FILE = path.join(__dirname, 'fixtures', 'smoke-test-app', 'request.txt');

const machine = new LocalMachine(path.join(__dirname, 'fixtures', 'console-app', 'app.ts'));
let browser: Browser;
let page: Page;
let deployment: Promise<CommandResult>;

/** The hosts of all requests of the page, and what the browser has refused or could not run. */
const requested = new Set<string>();
const errors: string[] = [];

beforeAll(async () => {
  await machine.up();
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
  page = await browser.newPage();
  // Only stops a test that hangs.
  page.setDefaultTimeout(300_000);
  page.on('request', (request) => requested.add(new URL(request.url()).host));
  page.on('pageerror', ({ message }) => errors.push(message));
  page.on('console', (message) => message.text().includes('Content Security Policy') && errors.push(message.text()));
  deployment = machine.cdk('deploy');
});

afterAll(async () => {
  await browser.close();
  await deployment;
  await machine.remove();
});

function open(...view: string[]): Promise<unknown> {
  return page.goto(`http://${machine.host}/_console/#/${view.map(encodeURIComponent).join('/')}`);
}

const button = (name: string): Locator => page.getByRole('button', { name });

/** A status in a table or in the properties of a resource. */
const status = (text: string): Locator => page.locator('.status').getByText(text, { exact: true });

test('The console shows a training job until its end, with its log and a chart of each metric', async () => {
  await open('jobs');
  await page.getByRole('cell').getByRole('link').click();
  await status('Completed').waitFor();
  await page
    .getByRole('img', { name: 'loss: 20 values, the lowest is 5, the highest is 100, the last is 5', exact: true })
    .waitFor();
  expect(await page.getByRole('log').textContent()).toContain('loss=33');
  succeeded(await deployment);
});

test('A version is rejected and approved in the console', async () => {
  const approval = async (): Promise<unknown[]> => {
    const command = new ListModelPackagesCommand({ ModelPackageGroupName: 'echo' });
    const { ModelPackageSummaryList = [] } = await machine.client(SageMakerClient).send(command);
    return ModelPackageSummaryList.map(({ ModelApprovalStatus }) => ModelApprovalStatus);
  };
  await open('versions');
  await status('PendingManualApproval').waitFor();
  await button('Reject version 1 of echo').click();
  await status('Rejected').waitFor();
  expect(await approval()).toEqual(['Rejected']);
  await button('Approve version 1 of echo').click();
  await status('Approved').waitFor();
  expect(await approval()).toEqual(['Approved']);
});

test('An endpoint is invoked in the console with text and with a file, and the error of the model is shown', async () => {
  await open('endpoints', outputOf(await deployment, 'Console', 'EndpointName'));
  const body = page.getByLabel('Body', { exact: true });
  const response = page.getByLabel('Response');
  await body.fill(MARKUP);
  await button('Invoke').click();
  expect(await response.textContent()).toBe(MARKUP);
  await body.fill('status 400');
  await button('Invoke').click();
  const error = 'ModelError: Received server error (400) from main with message "as you wish".';
  await page.getByRole('alert').getByText(error).waitFor();
  await page.getByLabel('File').setInputFiles(FILE);
  await button('Invoke').click();
  expect(await response.textContent()).toBe(readFileSync(FILE, 'utf8'));
});

test('An asynchronous endpoint is invoked in the console with a body that it uploads, and shows the response or the error', async () => {
  const output = (name: string): Promise<string> => deployment.then((result) => outputOf(result, 'Console', name));
  await open('endpoints', await output('AsyncEndpointName'));
  await page.getByLabel('S3 URI of the input').fill(`s3://${await output('Bucket')}/requests/a b.txt`);
  const body = page.getByLabel('Body (uploaded');
  await body.fill(MARKUP);
  await button('Invoke').click();
  expect(await page.getByLabel('Response').textContent()).toBe(MARKUP);
  await body.fill('status 400');
  await button('Invoke').click();
  await page.getByRole('alert').getByText('as you wish').waitFor();
});

test('All views of the console are accessible, in the dark color scheme and, on a phone, in the light one', async () => {
  const [stack, endpoint] = ['Console', outputOf(await deployment, 'Console', 'EndpointName')];
  const asyncEndpoint = outputOf(await deployment, 'Console', 'AsyncEndpointName');
  const job = outputOf(await deployment, 'Console', 'Job');
  const views = [['jobs'], ['jobs', 'training', job], ['jobs', 'training', 'missing'], ['tuning'], ['versions']];
  views.push(
    ['endpoints'],
    ['endpoints', endpoint],
    ['endpoints', asyncEndpoint],
    ['workflows'],
    ['stacks'],
    ['stacks', stack],
    ['not found'],
  );
  const found: string[] = [];
  for (const view of views) {
    await open(...view);
    await page.getByRole('heading', { level: 1, name: view[view.length - 1] }).waitFor();
    await page.getByText('Loading…').waitFor({ state: 'hidden' });
    await page.evaluate(axe);
    for (const [colorScheme, width] of [
      ['dark', 1200],
      ['light', 390],
    ] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 800 });
      const { violations } = await page.evaluate<AxeResults>('axe.run()');
      const where = `${view.join('/')} ${colorScheme} ${width}`;
      found.push(...violations.map(({ id, nodes }) => `${where}: ${id} ${nodes[0].html}`));
      if (await page.evaluate('document.documentElement.scrollWidth > innerWidth')) found.push(`${where}: too wide`);
    }
  }
  expect(found).toEqual([]);
});

test('`byoa local status` prints the address of the console', async () => {
  const { output } = await machine.byoa('status');
  expect(output.split('\n')).toContain(`Console: http://${machine.host}/_console/`);
});

test('The console sends requests only to the local service, and the browser has run all of its code', () => {
  expect([...requested]).toEqual([machine.host]);
  expect(errors).toEqual([]);
});
