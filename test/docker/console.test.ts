import { ListModelPackagesCommand, SageMakerClient } from '@aws-sdk/client-sagemaker';
import { source as axe, type AxeResults } from 'axe-core';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { type Browser, type Locator, type Page, chromium } from 'playwright-core';
import { type CommandResult, LocalMachine, ROOT, outputOf, succeeded } from './local-machine';

const REQUEST = path.join(ROOT, 'assets', 'breast-cancer', 'data', 'request.csv');
const ROW = readFileSync(REQUEST, 'utf8').split('\n')[0];

const machine = new LocalMachine(path.join(ROOT, 'bin', 'app.ts'));
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
  await page.getByRole('img', { name: /^train:loss: 30 values, the lowest is 0\.\d+, / }).waitFor();
  await page.getByRole('img', { name: /^validation:auc: 30 values/ }).waitFor();
  expect(await page.getByRole('log').textContent()).toContain('train:loss=');
  succeeded(await deployment);
});

test('A version is rejected and approved in the console', async () => {
  const approval = async (): Promise<unknown[]> => {
    const command = new ListModelPackagesCommand({ ModelPackageGroupName: 'breast-cancer' });
    const { ModelPackageSummaryList = [] } = await machine.client(SageMakerClient).send(command);
    return ModelPackageSummaryList.map(({ ModelApprovalStatus }) => ModelApprovalStatus);
  };
  await open('versions');
  await button('Reject version 1 of breast-cancer').click();
  await status('Rejected').waitFor();
  expect(await approval()).toEqual(['Rejected']);
  await button('Approve version 1 of breast-cancer').click();
  await status('Approved').waitFor();
  expect(await approval()).toEqual(['Approved']);
});

test('An endpoint is invoked in the console with text and with a file, and the error of the model is shown', async () => {
  await open('endpoints', outputOf(await deployment, 'BreastCancer', 'EndpointName'));
  const body = page.getByLabel('Body', { exact: true });
  await body.fill(ROW);
  await button('Invoke').click();
  await page
    .getByLabel('Response')
    .getByText(/^\{"predictions": ?\[\{"label": ?"\w+", ?"probability": ?[^}]+\}\]\}$/)
    .waitFor();
  await body.fill(ROW.replace(/^[^,]+/, '<b>bold</b>'));
  await button('Invoke').click();
  expect(await page.getByRole('alert').textContent()).toBe(
    'ModelError: Received server error (400) from main with message "body, line 1, column 1: not a number: \'<b>bold</b>\'".',
  );
  await page.getByLabel('File').setInputFiles(REQUEST);
  await button('Invoke').click();
  await page
    .getByLabel('Response')
    .getByText(/^\{"predictions": ?\[(\{[^}]+\}(, ?)?){5,}\]\}$/)
    .waitFor();
});

test('All views of the console are accessible, in the dark color scheme and, on a phone, in the light one', async () => {
  const [stack, endpoint] = ['BreastCancer', outputOf(await deployment, 'BreastCancer', 'EndpointName')];
  const job = outputOf(await deployment, 'BreastCancer', 'TrainingJobName');
  const views = [['jobs'], ['jobs', 'training', job], ['jobs', 'training', 'missing'], ['tuning'], ['versions']];
  views.push(['endpoints'], ['endpoints', endpoint], ['workflows'], ['stacks'], ['stacks', stack], ['missing']);
  const found: string[] = [];
  for (const view of views) {
    await open(...view);
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

test('The console sends requests only to the local service, and the browser has run all of its code', () => {
  expect([...requested]).toEqual([machine.host]);
  expect(errors).toEqual([]);
});
