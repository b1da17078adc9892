import { gatewaySecretFor } from '@shop/shared/auth/gateway-secret';
import { serviceNames } from '@shop/shared/backing/roster';
import { clusterSecrets } from '@shop/system/cluster-secrets';
import { processNames } from '@shop/system/ports';
import { build } from './kustomize.js';
import { readConfigOf } from './service-configs.js';
import { environmentOf, partOf } from './shop-parts.js';

describe('the secrets that are made for a cluster', () => {
  const manifests = build('deploy/kubernetes/overlays/production');
  const secrets = clusterSecrets('shop', 'smtps://user:password@mail.example');
  const common = manifests.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'shop')?.['data'];
  const secretValue = (secret: string, key: string) => {
    // This one is made by the operator of RabbitMQ.
    if (secret === 'rabbitmq-default-user') return 'made-by-its-operator';
    return secrets.find(({ metadata }) => metadata.name === secret)?.stringData[key] ?? '';
  };
  const told = Object.fromEntries(
    processNames.map((name) => {
      const { container } = partOf(manifests, name);
      if (!container) throw new Error(`there is no ${name}`);
      return [name, environmentOf(container, common as Record<string, string>, secretValue)] as const;
    }),
  );

  it.each(processNames)('are what %s starts with', (name) => {
    expect(readConfigOf(name, told[name] ?? {})).toEqual([]);
  });

  it('let the gateway prove itself to each service, and orders to cart', () => {
    const gateway = told['gateway']?.['GATEWAY_SECRET'] ?? '';
    for (const name of serviceNames) expect(told[name]?.['GATEWAY_SECRET']).toBe(gatewaySecretFor(name, gateway));
    expect(told['orders']?.['ORDERS_IDENTITY_SECRET']).toBe(told['cart']?.['ORDERS_IDENTITY_SECRET']);
  });

  it('give each service a user of its own, whose password a URL takes as it is', () => {
    const urls = serviceNames.map((name) => new URL(told[name]?.['DATABASE_URL'] ?? ''));
    expect(urls.map(({ username, pathname }) => [username, pathname])).toEqual(
      serviceNames.map((name) => [name, `/${name}`]),
    );
    expect(new Set(urls.map(({ password }) => password)).size).toBe(serviceNames.length);
    for (const [n, { password }] of urls.entries())
      expect(password).toBe(secretValue(`postgres-${serviceNames[n]}`, 'password'));
  });
});
