import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';

const PROGRAM = process.env['CHROMIUM_PATH'] || '/usr/bin/chromium';
const SCREENSHOTS = join('.cache', 'screenshots');

const flags = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A headless Chromium with a profile of its own, which remembers whatever went wrong in its pages. */
export class TestBrowser {
  /** Scripts that failed, what a content security policy blocked, and addresses outside of this machine. */
  readonly mishaps: string[] = [];

  private constructor(
    private readonly context: BrowserContext,
    private readonly profile: string,
  ) {}

  static async open(): Promise<TestBrowser> {
    if (!existsSync(PROGRAM))
      throw new Error(`there is no browser at ${PROGRAM}: set CHROMIUM_PATH to a Chromium's or Chrome's program`);
    const profile = mkdtempSync(join(tmpdir(), 'shop-browser-'));
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: PROGRAM,
      // Chromium's own sandbox needs rights that a container, or root, doesn't have.
      chromiumSandbox: false,
      args: flags,
      viewport: { width: 1280, height: 1000 },
    });
    context.setDefaultTimeout(40_000);
    mkdirSync(SCREENSHOTS, { recursive: true });
    return new TestBrowser(context, profile);
  }

  async page(address: string): Promise<Page> {
    const page = await this.context.newPage();
    page.on('pageerror', (error) => this.mishaps.push(`${page.url()}: ${error.message}`));
    page.on('console', (message) => {
      // An answer of 4xx is what some tests are about.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
        this.mishaps.push(`${page.url()}: ${message.text()}`);
    });
    page.on('request', (request) => {
      const { protocol, hostname } = new URL(request.url());
      if (protocol.startsWith('http') && hostname !== '127.0.0.1') this.mishaps.push(`asked for ${request.url()}`);
    });
    // A page that is made at its first visit takes a busy machine a while.
    await page.goto(address, { timeout: 40_000 });
    return page;
  }

  async close(): Promise<void> {
    await this.context.close();
    rmSync(this.profile, { recursive: true, force: true });
  }
}

/** Keeps what a page looks like, for people, in .cache/screenshots. */
export async function screenshot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
}
