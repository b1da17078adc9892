// Vendure as its documentation sets it up, on PostgreSQL: DATABASE_URL=postgres://... PORT=3000, SYNC=1 to make the tables.
import { randomBytes } from 'node:crypto';
import core from '@vendure/core';

const { DefaultJobQueuePlugin, DefaultLogger, DefaultSearchPlugin, dummyPaymentHandler } = core;
const database = new URL(process.env.DATABASE_URL);

export const config = {
  apiOptions: {
    port: Number(process.env.PORT),
    hostname: '127.0.0.1',
    adminApiPath: 'admin-api',
    shopApiPath: 'shop-api',
  },
  authOptions: {
    tokenMethod: ['bearer', 'cookie'],
    superadminCredentials: { identifier: 'bench', password: randomBytes(12).toString('hex') },
    cookieOptions: { secret: randomBytes(12).toString('hex') },
  },
  dbConnectionOptions: {
    type: 'postgres',
    host: database.hostname,
    port: Number(database.port),
    username: database.username,
    password: database.password,
    database: database.pathname.slice(1),
    synchronize: Boolean(process.env.SYNC),
    logging: false,
  },
  paymentOptions: { paymentMethodHandlers: [dummyPaymentHandler] },
  plugins: [DefaultJobQueuePlugin.init({}), DefaultSearchPlugin.init({ bufferUpdates: false })],
  logger: new DefaultLogger({ level: 0 }),
};
