import { Shopper } from '@shop/system/demo/shopper';
import type { Caller } from './rules.js';
import { fillCart, makeProduct, newcomer, type Person, type Stage, type Things } from '../stage.js';

/** Makes what something that changes things is about to change, so that nothing else is missing it. */
export class Scene {
  private constructor(
    readonly stage: Stage,
    /** Somebody whose password everybody knows. */
    readonly guest: Person,
    private readonly bystanderId: string,
    private readonly productId: string,
    private readonly caller: Caller,
  ) {}

  static async set(stage: Stage): Promise<Scene> {
    const [guest, somebody] = await Promise.all([newcomer(stage.shop), newcomer(stage.shop)]);
    const { id } = await makeProduct(stage.people.admin);
    return new Scene(stage, guest, await idOf(somebody), id, 'nobody');
  }

  /** The same, for one caller. */
  for(caller: Caller): Scene {
    return new Scene(this.stage, this.guest, this.bystanderId, this.productId, caller);
  }

  get things(): Things {
    return this.stage.things;
  }

  /** Who calls, if that is somebody who can sign in. */
  get person(): Person | null {
    const { people } = this.stage;
    return this.caller === 'stranger' || this.caller === 'owner' || this.caller === 'admin'
      ? people[this.caller]
      : null;
  }

  /** The id of a user about whom an administrator may decide. */
  async bystander(): Promise<string> {
    return this.bystanderId;
  }

  /** Somebody new, who has asked for their cart to be ordered. */
  async buyer(): Promise<{ readonly id: string; readonly token: string }> {
    const person = await newcomer(this.stage.shop);
    return { id: await idOf(person), token: person.token };
  }

  /** A product that nobody wants; for the administrator, who is about to delete it, one that is made for that. */
  async spareProduct(): Promise<string> {
    return this.caller === 'admin' ? (await makeProduct(this.stage.people.admin)).id : this.productId;
  }

  /** The owner's own item; for the owner, who is about to remove it, another one. */
  async itemInOwnersCart(): Promise<string> {
    if (this.caller !== 'owner') return this.things.cartItem.id;
    return (await fillCart(this.stage.people.owner, this.productId)).id;
  }

  async fillCallersCart(): Promise<void> {
    if (this.person) await fillCart(this.person, this.things.product.id);
  }

  async newRefreshToken(): Promise<string> {
    const query = 'mutation In($l: String!, $p: String!) { login(login: $l, password: $p) { refreshToken } }';
    const { login, password } = this.guest;
    const answer = await this.guest.shopper.run<{ login: { refreshToken: string } }>(query, { l: login, p: password });
    return answer.login.refreshToken;
  }

  /** A token of the caller's for one use, as what is done with it ends its session. Null for who has none. */
  async passingToken(): Promise<string | null> {
    if (!this.person) return null;
    const { login, password } = this.person;
    const signedIn = await Shopper.login(this.stage.shop.gateway, login, password);
    return signedIn.token;
  }
}

async function idOf({ shopper }: Person): Promise<string> {
  const { me } = await shopper.run<{ me: { id: string } }>('{ me { id } }');
  return me.id;
}
