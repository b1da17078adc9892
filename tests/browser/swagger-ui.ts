import type { Locator, Page } from 'playwright-core';
import { eventually } from '../support/eventually.js';

/** What Swagger UI shows of the answer to a request that was tried out. */
export interface Shown {
  readonly status: number;
  readonly body: unknown;
}

interface Filled {
  /** In place of the example that stands there. */
  readonly body?: unknown;
  readonly parameters?: Readonly<Record<string, string>>;
}

/** A service's Swagger UI, used as a person does: by what is seen and clicked. */
export class SwaggerUi {
  constructor(readonly page: Page) {}

  /** Pastes a token into the dialog behind "Authorize", in place of another. */
  async authorize(token: string): Promise<void> {
    await this.page.locator('.auth-wrapper .btn.authorize').click();
    const dialog = this.page.locator('.dialog-ux');
    await dialog.locator('.btn-done').waitFor();
    const logout = dialog.getByRole('button', { name: 'Remove authorization' });
    if (await logout.isVisible()) await logout.click();
    await dialog.locator('input').fill(token);
    await dialog.getByRole('button', { name: 'Apply credentials' }).click();
    await dialog.locator('.btn-done').click();
  }

  /** Opens an operation for "Try it out", fills it in, executes it, and answers what is shown. */
  async tryOut(method: string, path: string, { body, parameters = {} }: Filled = {}): Promise<Shown> {
    const operation = await this.opened(method, path);
    for (const [name, value] of Object.entries(parameters))
      await operation.locator(`tr[data-param-name="${name}"] input`).fill(value);
    if (body !== undefined) await operation.locator('textarea.body-param__text').fill(JSON.stringify(body, null, 2));
    const clear = operation.getByRole('button', { name: 'Clear' });
    if (await clear.isVisible()) await clear.click();
    await operation.getByRole('button', { name: 'Execute' }).click();
    const shown = await eventually(() => shownIn(operation), { timeoutMs: 10_000 });
    await operation.locator('.live-responses-table').scrollIntoViewIfNeeded();
    return shown;
  }

  private async opened(method: string, path: string): Promise<Locator> {
    const operation = this.page
      .locator(`.opblock-${method.toLowerCase()}`)
      .filter({ has: this.page.locator(`[data-path="${path}"]`) });
    const tryItOut = operation.getByRole('button', { name: 'Try it out' });
    if (!(await operation.locator('.opblock-body').isVisible())) {
      await operation.locator('.opblock-summary-control').click();
      await tryItOut.click();
    }
    return operation;
  }
}

async function shownIn(operation: Locator): Promise<Shown> {
  const answer = operation.locator('.live-responses-table tbody tr').first();
  const status = Number.parseInt(await answer.locator('.response-col_status').innerText({ timeout: 1_000 }), 10);
  const code = answer.locator('.response-col_description .highlight-code code').first();
  const text = (await code.isVisible()) ? await code.innerText() : '';
  return { status, body: text === '' ? undefined : JSON.parse(text) };
}
