/** One to one: who registers under a name can be called by it. Both directions go through the media server. */
import { connectKurento, serveExample, WaitingCandidates } from '../example.mjs';

const { client, iceCandidate } = await connectKurento();

/** Who is there, by name: `{ name, send, call, candidates, sdpOffer }`. */
const users = new Map();

async function openEndpoint(pipeline, user) {
  const endpoint = await pipeline.create('WebRtcEndpoint');
  endpoint.on('IceCandidateFound', ({ candidate }) => user.send({ id: 'iceCandidate', candidate }));
  await user.candidates.giveTo(endpoint);
  return endpoint;
}

/** Ends the call of this user, if there is one, for both. */
async function hangUp(user) {
  const { call } = user;
  if (call === undefined) return;
  for (const side of call.sides) {
    side.call = undefined;
    side.candidates.clear();
    if (side !== user) side.send({ id: 'stopCommunication' });
  }
  await call.pipeline?.release();
}

async function connect(caller, callee) {
  const { call } = caller;
  call.pipeline = await client.create('MediaPipeline');
  const endpoints = [];
  for (const side of [caller, callee]) endpoints.push(await openEndpoint(call.pipeline, side));
  const [ofCaller, ofCallee] = endpoints;
  await ofCaller.connect(ofCallee);
  await ofCallee.connect(ofCaller);
  callee.send({ id: 'startCommunication', sdpAnswer: await ofCallee.processOffer(callee.sdpOffer) });
  caller.send({ id: 'callResponse', response: 'accepted', sdpAnswer: await ofCaller.processOffer(caller.sdpOffer) });
  for (const endpoint of endpoints) await endpoint.gatherCandidates();
}

await serveExample({
  folder: import.meta.dirname,
  name: 'one-to-one',
  onConnection: (send) => {
    const self = { name: undefined, send, call: undefined, candidates: new WaitingCandidates(), sdpOffer: undefined };

    const register = (name) => {
      const isRight = typeof name === 'string' && /^[^\s]{1,40}$/.test(name);
      if (!isRight) throw new Error('A name has 1 to 40 letters, and no spaces. · 名字为 1 到 40 个字符，不含空格。');
      if (users.has(name)) throw new Error('Somebody has this name; take another. · 该名字已被使用，请换一个。');
      users.delete(self.name);
      self.name = name;
      users.set(name, self);
    };

    const call = ({ to, sdpOffer }) => {
      const callee = users.get(to);
      if (self.name === undefined) throw new Error('Register first. · 请先登记名字。');
      if (callee === undefined || callee === self) throw new Error('Nobody of this name is here. · 没有这个人。');
      if (self.call !== undefined || callee.call !== undefined) throw new Error('Busy. · 占线。');
      self.sdpOffer = sdpOffer;
      self.call = { sides: [self, callee], pipeline: undefined };
      callee.call = self.call;
      callee.send({ id: 'incomingCall', from: self.name });
    };

    const answer = async ({ callResponse, sdpOffer }) => {
      const [caller, callee] = self.call?.sides ?? [];
      if (callee !== self) throw new Error('Nobody calls. · 没有来电。');
      if (callResponse !== 'accept') {
        caller.send({ id: 'callResponse', response: 'rejected', message: 'Declined. · 对方拒绝了通话。' });
        caller.call = undefined;
        self.call = undefined;
        return;
      }
      self.sdpOffer = sdpOffer;
      try {
        await connect(caller, self);
      } catch (error) {
        await hangUp(self);
        throw error;
      }
    };

    return {
      close: async () => {
        users.delete(self.name);
        await hangUp(self);
      },
      handle: async (message) => {
        switch (message.id) {
          case 'register':
            try {
              register(message.name);
              return send({ id: 'registerResponse', response: 'accepted' });
            } catch (error) {
              return send({ id: 'registerResponse', response: 'rejected', message: error.message });
            }
          case 'call':
            try {
              return call(message);
            } catch (error) {
              return send({ id: 'callResponse', response: 'rejected', message: error.message });
            }
          case 'incomingCallResponse':
            return answer(message);
          case 'onIceCandidate':
            return self.candidates.add(iceCandidate(message.candidate));
          case 'stop':
            return hangUp(self);
          default:
            throw new Error(`There is no message ${JSON.stringify(message.id)}.`);
        }
      },
    };
  },
});
