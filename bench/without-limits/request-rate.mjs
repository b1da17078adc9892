export const USERS_BEHIND_AN_ADDRESS = 10;

/** Knows who asks, as every gateway has to, and counts nobody. */
export class RequestRate {
  constructor(_limits, identities) {
    this.identities = identities;
  }

  async count() {}

  identify(authorization) {
    return this.identities.identify(authorization);
  }

  async admitUnjudged() {}

  admit(authorization) {
    return this.identities.identify(authorization);
  }
}
