import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as path from 'node:path';
import { type Browser, type ConsoleMessage, type Page, type Request, chromium } from 'playwright-core';
import { sections } from '../../docs/.vitepress/pages';
import { serve } from '../../scripts/site/serve';
import { ROOT, run } from './project';

const SITE = path.join(ROOT, '.cache', 'site');
const DESKTOP = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 844 };

const NETWORK_CHANGED = 'net::ERR_NETWORK_CHANGED';

/**
 * Loads a page, and returns the errors that the browser reports. Chromium stops the requests of a page whenever a network of this machine is
 * created or deleted, such as those of the containers of other tests: the page is then loaded again.
 */
async function load(page: Page, url: string, waitUntil: 'load' | 'networkidle' = 'load'): Promise<string[]> {
  let errors: string[] = [];
  let isStopped = false;
  const onFailure = (request: Request): void => {
    if (request.failure()?.errorText === NETWORK_CHANGED) isStopped = true;
  };
  const onMessage = (message: ConsoleMessage): void => {
    if (message.type() === 'error') errors.push(message.text());
  };
  const onError = (error: Error): void => {
    errors.push(error.message);
  };
  page.on('requestfailed', onFailure).on('console', onMessage).on('pageerror', onError);
  do {
    errors = [];
    isStopped = false;
    await page.goto(url, { waitUntil }).catch((error: Error) => {
      if (!error.message.includes(NETWORK_CHANGED)) throw error;
      isStopped = true;
    });
  } while (isStopped);
  page.off('requestfailed', onFailure).off('console', onMessage).off('pageerror', onError);
  return errors;
}

describe('The documentation site', () => {
  let server: Server;
  let browser: Browser;
  let origin: string;
  let output: string;

  beforeAll(async () => {
    output = run(ROOT, 'npm', 'run', 'docs', '--silent');
    process.stdout.write(output);
    server = await serve(SITE, 0);
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    // The tests of a container run as root, for which Chromium has no sandbox.
    browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
  });

  afterAll(async () => {
    await browser.close();
    await new Promise((resolve) => server.close(resolve));
  });

  async function open(file: string, viewport = DESKTOP): Promise<Page> {
    const page = await browser.newPage({ viewport });
    await load(page, `${origin}/${file}`);
    return page;
  }

  const topOf = async (page: Page, id: string): Promise<number> =>
    (await page.locator(`[id="${id}"]`).boundingBox())?.y ?? NaN;

  test('has no dead link, no missing anchor and no image without a text', () => {
    const [, pages, links, errors] = /(\d+) pages, (\d+) links in the site, .* (\d+) errors/.exec(output) ?? [];
    expect(Number(pages)).toBeGreaterThan(250);
    expect(Number(links)).toBeGreaterThan(10_000);
    expect(errors).toBe('0');
  });

  test('loads nothing from another host, and reports no error in the browser', async () => {
    const page = await browser.newPage();
    const requests: string[] = [];
    const errors: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    for (const file of ['', 'contract.html', 'reference/TrainingJob.html']) {
      errors.push(...(await load(page, `${origin}/${file}`, 'networkidle')));
    }
    expect(requests.filter((url) => !url.startsWith(origin) && !url.startsWith('data:'))).toEqual([]);
    expect(errors).toEqual([]);
    await page.close();
  });

  test.each([
    ['ResourceInUse', 'troubleshooting.html#resourceinuse'],
    ['exec format error', 'troubleshooting.html#exec-format-error'],
    ['max_runtime', 'reference/'],
  ])('finds "%s" with its search', async (words, expected) => {
    const page = await open('index.html');
    await page.getByRole('button', { name: 'Search' }).click();
    await page.getByRole('searchbox').fill(words);
    await page
      .locator('.results a', { hasText: new RegExp(words.replace('max_runtime', 'maxRuntime'), 'i') })
      .first()
      .click();
    await page.waitForURL((url) => url.href.includes(expected));
    expect(page.url()).toContain(expected);
    await page.close();
  });

  test('shows the API reference in the selected language, at the same place, and keeps the selection', async () => {
    const page = await open('reference/TrainingJob.html#props-maxRuntime');
    const title = page.locator('[id="props-maxRuntime"]');
    await page.getByText('TypeScript', { exact: true }).waitFor();
    const outline = page.locator('.VPDocAsideOutline a[href="#props-maxRuntime"]');
    expect(await title.innerText()).toContain('maxRuntime');
    const before = await topOf(page, 'props-maxRuntime');
    for (const [language, name] of [
      ['Python', 'max_runtime'],
      ['Go', 'MaxRuntime'],
      ['Java', 'maxRuntime'],
    ]) {
      await page.getByText(language, { exact: true }).click();
      expect(await title.innerText()).toContain(name);
      expect(await outline.textContent()).toBe(name);
      expect(Math.abs((await topOf(page, 'props-maxRuntime')) - before)).toBeLessThan(2);
    }
    await page.getByText('Python', { exact: true }).click();
    await load(page, `${origin}/reference/Channel.html#fastFile`);
    expect(await page.locator('[id="fastFile"]').innerText()).toContain('Channel.fast_file');
    expect(await page.getByRole('radio', { name: 'Python' }).isChecked()).toBe(true);
    await page.locator('.VPDocAsideOutline').getByText('Channel.fast_file', { exact: true }).waitFor();
    await page.setViewportSize(PHONE);
    await page.getByRole('button', { name: 'On this page' }).click();
    await page.locator('.VPLocalNav').getByText('Channel.fast_file', { exact: true }).waitFor();
    await page.close();
  });

  test('has no horizontal scrolling at the width of a phone', async () => {
    // Without scripts, which do not change the layout.
    const page = await browser.newPage({ viewport: PHONE, javaScriptEnabled: false });
    const files = sections(path.join(ROOT, 'docs')).flatMap((section) => section.pages.map(({ file }) => file));
    const reference = ['index', 'InstanceType', 'EndpointConfig', 'ContainerImage', 'TrainingWorkflow', 'Endpoint'];
    const wide: string[] = [];
    for (const file of [...files, ...reference.map((name) => `reference/${name}.md`)]) {
      await load(page, `${origin}/${file.replace('README', 'index').replace(/\.md$/, '.html')}`);
      if ((await page.evaluate('document.documentElement.scrollWidth')) !== PHONE.width) wide.push(file);
    }
    expect(wide).toEqual([]);
    await page.close();
  });

  test('prints the text of a page without its navigation', async () => {
    const page = await open('troubleshooting.html');
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('h1').isVisible()).toBe(true);
    for (const part of ['.VPNav', '.VPSidebar', '.VPDocFooter'])
      expect(await page.locator(part).isVisible()).toBe(false);
    await page.close();
  });
});
