import { describe, expect, it } from 'vitest'
import { createTurns } from './turns.ts'

/** A loop that turns when told to, and a clock that only work moves. */
function build() {
  const next: (() => void)[] = []
  let ms = 0
  const wait = (go: () => void) => void next.push(go)
  return {
    turns: createTurns({ now: () => ms, soon: wait, rested: wait }),
    spend: (time: number) => {
      ms += time
    },
    turn: () => {
      for (const go of next.splice(0)) go()
    },
    get waits() {
      return next.length > 0
    },
  }
}

describe('turns', () => {
  it('do no more in one turn of the loop than its time allows, and the rest in later ones', async () => {
    const loop = build()
    const done: number[] = []
    const each = loop.turns.each([...Array(10).keys()], (n) => {
      done.push(n)
      loop.spend(0.75)
    })
    const before = done.length
    loop.turn()
    expect(done).toHaveLength(before + 2)
    while (loop.waits) loop.turn()
    await each
    expect(done).toEqual([...Array(10).keys()])
  })

  it('are shared by all that wait, however much one of them has to do', async () => {
    const loop = build()
    const done = { long: 0, short: 0 }
    const take = (which: keyof typeof done) => () => {
      done[which] += 1
      loop.spend(0.25)
    }
    const long = loop.turns.each(Array(1_000), take('long'))
    const short = loop.turns.each(Array(4), take('short'))
    const before = { ...done }
    loop.turn()
    expect(done).toEqual({ long: before.long + 2, short: before.short + 2 })
    while (loop.waits) loop.turn()
    await Promise.all([long, short])
    expect(done.long).toBe(1_000)
  })

  it('make what is little wait for nothing', async () => {
    const loop = build()
    const done: string[] = []
    const long = loop.turns.each(Array(100), () => loop.spend(0.25))
    await loop.turns.each(['one'], (item) => void done.push(item))
    expect(done).toEqual(['one'])
    while (loop.waits) loop.turn()
    await long
  })

  it('end the work that throws, and no other', async () => {
    const loop = build()
    const seen: number[] = []
    const broken = loop.turns.each([1, 2], () => {
      throw new Error('broken')
    })
    const whole = loop.turns.each([1, 2], (n) => void seen.push(n))
    while (loop.waits) loop.turn()
    await expect(broken).rejects.toThrow('broken')
    await whole
    expect(seen).toEqual([1, 2])
  })

  it('give back what a single step gives or throws', async () => {
    const { once } = createTurns()
    expect(await once(() => 'given')).toBe('given')
    const broken = once(() => {
      throw new Error('broken')
    })
    await expect(broken).rejects.toThrow('broken')
  })

  it('begin one long step a turn', async () => {
    const loop = build()
    let begun = 0
    const all = Array.from({ length: 3 }, () =>
      loop.turns.once(() => {
        begun += 1
        loop.spend(15)
      }),
    )
    loop.turn()
    expect(begun).toBe(1)
    while (loop.waits) loop.turn()
    await Promise.all(all)
    expect(begun).toBe(3)
  })

  it('serve once a turn what is begun by a step', () => {
    const loop = build()
    let done = 0
    const step = () => {
      done += 1
      loop.spend(0.75)
    }
    void loop.turns.once(() => {
      for (let n = 0; n < 9; n += 1) void loop.turns.once(step)
      loop.spend(1)
    })
    loop.turn()
    loop.turn()
    expect(done).toBe(2)
  })

  it('go on after all was done', async () => {
    const { each } = createTurns()
    const seen: string[] = []
    await each(['a'], (item) => void seen.push(item))
    await each(['b'], (item) => void seen.push(item))
    await each([], (item) => void seen.push(item))
    expect(seen).toEqual(['a', 'b'])
  })
})
