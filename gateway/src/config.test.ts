import { readGatewayConfig } from './config.js';

const AUTH_JWKS_URL = 'http://127.0.0.1:8084/.well-known/jwks.json';
const AUTH_SESSIONS_URL = 'http://127.0.0.1:8084/.well-known/ended-sessions';

describe("the gateway's configuration", () => {
  it('has production verify no tokens without being told which sessions have ended', () => {
    const read = () => readGatewayConfig({ NODE_ENV: 'production', AUTH_JWKS_URL });
    expect(read).toThrow('AUTH_SESSIONS_URL: production needs it');
    expect(readGatewayConfig({ NODE_ENV: 'production', AUTH_JWKS_URL, AUTH_SESSIONS_URL }).tokens).toMatchObject({
      sessionsUrl: AUTH_SESSIONS_URL,
    });
  });

  it('leaves it out in development, and in front of services that judge tokens themselves', () => {
    expect(readGatewayConfig({ AUTH_JWKS_URL }).tokens?.sessionsUrl).toBeUndefined();
    expect(readGatewayConfig({ NODE_ENV: 'production' }).tokens).toBeNull();
  });
});
