// Answers one JSON line per JSON line: what @polkadot/util-crypto says about keys, signatures and addresses.
import { createInterface } from 'node:readline';
import { hexToU8a, u8aToHex } from '@polkadot/util';
import {
  cryptoWaitReady, decodeAddress, encodeAddress, keyExtractSuri, keyFromPath, mnemonicToMiniSecret,
  sr25519PairFromSeed, sr25519Sign, sr25519Verify,
} from '@polkadot/util-crypto';

const pairs = new Map();

function pairOf(uri) {
  if (!pairs.has(uri)) {
    const { password, path, phrase } = keyExtractSuri(uri);
    const seed = phrase.startsWith('0x') ? hexToU8a(phrase) : mnemonicToMiniSecret(phrase, password);
    pairs.set(uri, keyFromPath(sr25519PairFromSeed(seed), path, 'sr25519'));
  }
  return pairs.get(uri);
}

const answers = {
  derive: ({ uri }) => u8aToHex(pairOf(uri).publicKey),
  sign: ({ uri, message }) => u8aToHex(sr25519Sign(hexToU8a(message), pairOf(uri))),
  verify: ({ publicKey, message, signature }) => {
    try {
      return sr25519Verify(hexToU8a(message), hexToU8a(signature), hexToU8a(publicKey));
    } catch {
      // It throws where a part of the signature is no encoding of a point or scalar: a refusal too.
      return false;
    }
  },
  encode: ({ publicKey }) => encodeAddress(hexToU8a(publicKey), 42),
  decode: ({ address }) => u8aToHex(decodeAddress(address, false, 42)),
};

await cryptoWaitReady();
for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  process.stdout.write(`${JSON.stringify({ result: answers[request.ask](request) })}\n`);
}
