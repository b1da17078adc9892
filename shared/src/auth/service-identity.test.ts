import jwt from 'jsonwebtoken';
import { signServiceToken, verifyServiceToken } from './service-identity.js';

const identity = { secret: 'a-secret-that-two-services-share', issuer: 'orders', audience: 'cart' };

describe('a service token', () => {
  it('proves who speaks, to the one it is for', () => {
    expect(() => verifyServiceToken(signServiceToken(identity), identity)).not.toThrow();
  });

  it.each([
    ['of another secret', signServiceToken({ ...identity, secret: 'another-secret-altogether' })],
    ['of another service', signServiceToken({ ...identity, issuer: 'products' })],
    ['for another service', signServiceToken({ ...identity, audience: 'payments' })],
    ['that expired', jwt.sign({}, identity.secret, { issuer: 'orders', audience: 'cart', expiresIn: -1 })],
    ['that never expires', jwt.sign({}, identity.secret, { issuer: 'orders', audience: 'cart' })],
    ['that is signed by nobody', jwt.sign({}, '', { algorithm: 'none', issuer: 'orders', audience: 'cart' })],
    ['that is no token', 'nonsense'],
  ])('%s is refused', (_which, token) => {
    expect(() => verifyServiceToken(token, identity)).toThrow('invalid token');
  });
});
