import { chatHistoryMax } from '@rivero/api';
import { wallClockMs } from '@rivero/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Guest, Scene } from './test/scene.ts';

let scene: Scene;

function say(guest: Guest, text: string): ReturnType<Scene['service']['conversation']['sendChat']> {
  return scene.service.conversation.sendChat(guest.seat, text, scene.wallNow);
}

function setHand(guest: Guest, raised: boolean): number | null {
  return scene.service.conversation.setHand(guest.seat, raised, scene.wallNow);
}

const notInRoom: unknown = expect.objectContaining({ code: 'not-in-room' });

beforeEach(() => {
  scene = new Scene();
});

describe('chat', () => {
  it('is told to everybody else in the room, with name and time, and to nobody elsewhere', () => {
    const [ann, bob, eve] = [scene.join('Ann'), scene.join('Bob'), scene.join('Eve', 'elsewhere')];
    ann.told();
    const message = say(ann, 'Hello');
    expect(message).toEqual({
      messageId: expect.any(String),
      participantId: ann.id,
      name: 'Ann',
      text: 'Hello',
      at: scene.wallNow,
    });
    expect(bob.told()).toEqual([['chat-message', message]]);
    expect(ann.told()).toEqual([]);
    expect(eve.told()).toEqual([]);
  });

  it('is shown to who comes later and to who resumes, also what was said by who has left', async () => {
    const [ann, bob] = [scene.join('Ann'), scene.join('Bob')];
    const first = say(ann, 'Hello');
    bob.loseSocket();
    await scene.pass(1_000);
    const second = say(ann, 'Anybody?');
    ann.leave();
    expect(second.messageId).not.toBe(first.messageId);
    expect(scene.join('Eve').snapshot.chat).toEqual([first, second]);
    expect(bob.resume().chat).toEqual([first, second]);
    expect(bob.told()).toEqual([]);
  });

  it(`of more than ${chatHistoryMax} messages is shown from its end`, () => {
    const ann = scene.join('Ann');
    for (let i = 0; i <= chatHistoryMax; i++) say(ann, `${i}`);
    const { chat } = scene.join('Bob').snapshot;
    expect(chat.map(({ text }) => text)).toEqual(Array.from({ length: chatHistoryMax }, (_, i) => `${i + 1}`));
  });

  it('dies with the room', () => {
    const ann = scene.join('Ann');
    say(ann, 'Hello');
    ann.leave();
    expect(scene.join('Bob').snapshot.chat).toEqual([]);
  });

  it('is not for those who have left', () => {
    const [ann, bob] = [scene.join('Ann'), scene.join('Bob')];
    ann.leave();
    bob.told();
    expect(() => say(ann, 'Hello')).toThrow(notInRoom);
    expect(bob.told()).toEqual([]);
    expect(scene.join('Eve').snapshot.chat).toEqual([]);
  });
});

describe('reactions', () => {
  it('are told to everybody else, and kept for nobody', () => {
    const [ann, bob] = [scene.join('Ann'), scene.join('Bob')];
    ann.told();
    scene.service.conversation.react(ann.seat, 'clap');
    expect(bob.told()).toEqual([['reaction', { participantId: ann.id, reaction: 'clap' }]]);
    expect(ann.told()).toEqual([]);
    ann.leave();
    expect(() => scene.service.conversation.react(ann.seat, 'clap')).toThrow(notInRoom);
  });
});

describe('hands', () => {
  it('are raised and lowered for everybody else, once', async () => {
    const [ann, bob] = [scene.join('Ann'), scene.join('Bob')];
    ann.told();
    const at = scene.wallNow;
    expect(setHand(ann, true)).toBe(at);
    await scene.pass(1_000);
    expect(setHand(ann, true)).toBe(at);
    expect(setHand(ann, false)).toBeNull();
    expect(setHand(ann, false)).toBeNull();
    expect(bob.told()).toEqual([
      ['hand-changed', { participantId: ann.id, handRaisedAt: at }],
      ['hand-changed', { participantId: ann.id, handRaisedAt: null }],
    ]);
    expect(ann.told()).toEqual([]);
  });

  it('have an order for who comes later, and stay up while their owner is away', async () => {
    const [ann, bob] = [scene.join('Ann'), scene.join('Bob')];
    setHand(bob, true);
    await scene.pass(1_000);
    const at = setHand(ann, true);
    ann.loseSocket();
    const { participants } = scene.join('Eve').snapshot;
    const order = participants.toSorted((a, b) => Number(a.handRaisedAt) - Number(b.handRaisedAt));
    expect(order.map(({ name }) => name)).toEqual(['Bob', 'Ann']);
    expect(ann.resume().handRaisedAt).toBe(at);
  });

  it('keep their order when two are raised at once, and when the clock is set back', () => {
    const guests = ['Ann', 'Bob', 'Eve'].map((name) => scene.join(name));
    const { conversation } = scene.service;
    const at = scene.wallNow;
    const clock = [at, at, wallClockMs(at - 3_600_000)];
    const raised = guests.map(({ seat }, i) => conversation.setHand(seat, true, clock[i]));
    expect(raised).toEqual([at, at + 1, at + 2]);
    conversation.setHand(guests[2].seat, false, at);
    expect(conversation.setHand(guests[2].seat, true, wallClockMs(at + 1_000))).toBe(at + 1_000);
  });

  it('are not for those who have left', () => {
    const ann = scene.join('Ann');
    ann.leave();
    expect(() => setHand(ann, true)).toThrow(notInRoom);
  });
});
