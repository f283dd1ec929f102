// Drives a chain with @polkadot/api: one JSON request per line in, one JSON answer per line out. The chain's address is the argument.
import { createInterface } from 'node:readline';
import { ApiPromise, Keyring, WsProvider } from '@polkadot/api';

const provider = new WsProvider(process.argv[2]);
const api = await ApiPromise.create({ provider, noInitWarn: true });
const keyring = new Keyring({ type: 'sr25519', ss58Format: 42 });

// What spec 204 returns as plain bytes, in the words of its source; polkadot decodes it with these and nothing of ours.
api.registry.register({
  ClassicAxonInfo: { block: 'u64', version: 'u32', ip: 'u128', port: 'u16', ipType: 'u8', protocol: 'u8', placeholder1: 'u8', placeholder2: 'u8' },
  ClassicPrometheusInfo: { block: 'u64', version: 'u32', ip: 'u128', port: 'u16', ipType: 'u8' },
  ClassicNeuronLite: {
    hotkey: 'AccountId32', coldkey: 'AccountId32', uid: 'Compact<u16>', netuid: 'Compact<u16>', active: 'bool', axonInfo: 'ClassicAxonInfo',
    prometheusInfo: 'ClassicPrometheusInfo', stake: 'Vec<(AccountId32, Compact<u64>)>', rank: 'Compact<u16>', emission: 'Compact<u64>',
    incentive: 'Compact<u16>', consensus: 'Compact<u16>', trust: 'Compact<u16>', validatorTrust: 'Compact<u16>', dividends: 'Compact<u16>',
    lastUpdate: 'Compact<u64>', validatorPermit: 'bool', pruningScore: 'Compact<u16>',
  },
  ClassicSubnetState: {
    netuid: 'Compact<u16>', hotkeys: 'Vec<AccountId32>', coldkeys: 'Vec<AccountId32>', active: 'Vec<bool>', validatorPermit: 'Vec<bool>',
    pruningScore: 'Vec<Compact<u16>>', lastUpdate: 'Vec<Compact<u64>>', emission: 'Vec<Compact<u64>>', dividends: 'Vec<Compact<u16>>',
    incentives: 'Vec<Compact<u16>>', consensus: 'Vec<Compact<u16>>', trust: 'Vec<Compact<u16>>', rank: 'Vec<Compact<u16>>',
    blockAtRegistration: 'Vec<Compact<u64>>', alphaStake: 'Vec<Compact<u64>>', taoStake: 'Vec<Compact<u64>>', totalStake: 'Vec<Compact<u64>>',
    emissionHistory: 'Vec<Vec<Compact<u64>>>',
  },
});

const questions = {
  overview: () => ({
    chain: api.runtimeChain.toString(),
    genesis: api.genesisHash.toHex(),
    specVersion: api.runtimeVersion.specVersion.toNumber(),
    metadataVersion: api.runtimeMetadata.version,
    pallets: api.runtimeMetadata.asLatest.pallets.map((pallet) => `${pallet.name}:${pallet.index}`),
    extensions: api.registry.signedExtensions,
    axonArguments: api.tx.subtensorModule.serveAxon.meta.args.map((arg) => arg.name.toString()),
    callIndices: ['serveAxon', 'serveAxonTls', 'servePrometheus', 'burnedRegister'].map((name) => Buffer.from(api.tx.subtensorModule[name].callIndex).toString('hex')),
    apis: Object.keys(api.call),
  }),
  // Decodes the metadata of one format with nothing but the type library; the number of types and storage items is what it found.
  async metadata({ version }) {
    const raw = version === 14
      ? await provider.send('state_getMetadata', [])
      : (await api.call.metadata.metadataAtVersion(version)).unwrap().toHex();
    const metadata = api.registry.createType('Metadata', raw);
    return {
      version: metadata.version,
      types: metadata.asLatest.lookup.types.length,
      items: metadata.asLatest.pallets.map((pallet) => pallet.storage.isSome ? pallet.storage.unwrap().items.length : 0).reduce((a, b) => a + b),
      apis: metadata.asLatest.apis?.length ?? 0,
    };
  },
  query: async ({ pallet, item, keys, at }) => (await (at ? await api.at(at) : api).query[pallet][item](...keys)).toJSON(),
  entries: async ({ pallet, item, keys }) => (await api.query[pallet][item].keys(...keys)).length,
  call: async ({ api: trait, method, args }) => (await api.call[trait][method](...args)).toJSON(),
  // A runtime call whose result the metadata declares as bytes, read as a type named above.
  async bytes({ method, params, type }) {
    // As an array: text would be taken for the content itself, without its length before it.
    const raw = Uint8Array.from(Buffer.from((await provider.send('state_call', [method, params])).slice(2), 'hex'));
    const reply = api.registry.createType('Bytes', raw);
    return api.registry.createType(type, reply.toU8a(true)).toJSON();
  },
  constant: ({ pallet, name }) => api.consts[pallet][name].toJSON(),
  // What the node says of itself, as the type library decodes it; of a subscription the first notification.
  node: async ({ section, method, params }) => (await api.rpc[section][method](...params)).toJSON(),
  first: ({ section, method }) => new Promise((resolve) => api.rpc[section][method]((value) => resolve(value.toJSON()))),
  header: async ({ at }) => {
    const header = await api.rpc.chain.getHeader(at);
    return { number: header.number.toNumber(), hash: header.hash.toHex(), parentHash: header.parentHash.toHex() };
  },
  block: async ({ at }) => (await api.rpc.chain.getBlock(at)).block.extrinsics.map((extrinsic) => ({
    bytes: extrinsic.toHex(), hash: extrinsic.hash.toHex(), signer: extrinsic.isSigned ? extrinsic.signer.toString() : null,
    call: `${extrinsic.method.section}.${extrinsic.method.method}`, arguments: extrinsic.method.args.map((argument) => argument.toJSON()),
  })),
  head: async () => (await api.rpc.chain.getHeader()).number.toNumber(),
  fee: async ({ uri, method, args }) => (await api.tx.subtensorModule[method](...args).paymentInfo(keyring.addFromUri(uri))).partialFee.toNumber(),
  // Signs, submits, and answers with the statuses seen and the events of the extrinsic once it is finalised.
  submit: ({ uri, pallet = 'subtensorModule', method, args, options = {} }) => new Promise((resolve) => {
    const statuses = [];
    api.tx[pallet][method](...args).signAndSend(keyring.addFromUri(uri), options, ({ status, events, dispatchError, txIndex }) => {
      statuses.push(status.type);
      if (!status.isFinalized) return;
      const error = dispatchError?.isModule ? api.registry.findMetaError(dispatchError.asModule) : null;
      resolve({
        statuses,
        txIndex,
        error: error ? `${error.section}.${error.name}` : dispatchError?.toString() ?? null,
        events: events.map(({ event }) => `${event.section}.${event.method}`),
        data: events.map(({ event }) => event.data.toJSON()),
      });
    }).catch((refusal) => resolve({ refused: refusal.message, code: refusal.code, data: refusal.data ?? null }));
  }),
};

for await (const line of createInterface({ input: process.stdin })) {
  const { ask, ...parameters } = JSON.parse(line);
  try {
    console.log(JSON.stringify({ result: await questions[ask](parameters) }));
  } catch (failure) {
    console.log(JSON.stringify({ failure: failure.message }));
  }
}
await api.disconnect();
