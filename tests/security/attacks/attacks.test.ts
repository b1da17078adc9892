import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunningShop } from '../../e2e/running-shop.js';
import { hangUp } from '../../rest/contract/rest-client.js';
import { Credentials, ShopSecrets } from '../credentials.js';
import { patient, Setting } from '../setting.js';
import { Stage } from '../stage.js';
import { foreignThings } from './foreign-things.js';
import { forgedLines } from './forged-lines.js';
import { hostGames } from './host-games.js';
import { massAssignment } from './mass-assignment.js';
import { prototypePollution } from './prototype-pollution.js';
import { probed } from './realm-probe.js';
import { sqlInStrings } from './sql-in-strings.js';

describe('attacks on what the shop keeps', () => {
  const folder = mkdtempSync(join(tmpdir(), 'shop-attacked-'));
  const logFile = join(folder, 'shop.log');
  let shop: RunningShop;
  let setting: Setting;

  beforeAll(async () => {
    const secrets = new ShopSecrets();
    shop = await RunningShop.start('embedded', {
      ...secrets.settings,
      ...patient,
      ...probed,
      ...{ LOG_LEVEL: 'trace', LOG_STDOUT_LEVEL: 'trace', LOG_FILE: logFile },
    });
    const stage = await Stage.set(shop, secrets);
    setting = new Setting(stage, secrets, new Credentials(secrets, stage.people));
  }, 240_000);
  afterAll(async () => {
    await hangUp();
    await shop?.stop();
    rmSync(folder, { recursive: true });
  });

  const given = () => setting;
  foreignThings(given);
  massAssignment(given);
  prototypePollution(given);
  sqlInStrings(given);
  forgedLines(given, logFile);
  hostGames(given);
});
