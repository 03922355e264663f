import { CornerDownLeft } from 'lucide-react'
import { type KeyboardEvent, useId, useState } from 'react'
import type { Session } from '../../../src-shared/contract/index.ts'
import { isText, useIsLive, usePreference, useProjection } from '../../base/index.ts'
import { classNames } from '../../ui/class-names.ts'
import { IconButton } from '../../ui/icon-button.tsx'
import { carryOut } from './carry-out.ts'
import { completions, readSaid } from './composer-words.ts'

/** Where the user speaks: Enter sends, Shift+Enter makes a line, `@` and `/` offer what they know. */
export function Composer({ session }: { session: Session }) {
  const [text, setText] = usePreference(`draft.${session.id}`, '', isText)
  const [chosen, setChosen] = useState(0)
  const [problem, setProblem] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const isLive = useIsLive()
  const agents = useProjection((state) => state.agents)
  const list = useId()
  const ids = Object.values(agents)
    .filter(({ onRequest }) => !onRequest)
    .map(({ id }) => id)
  const offers = completions(text, ids)
  const at = Math.min(chosen, offers.length - 1)

  const complete = (word: string) => {
    setText(`${text.replace(/[@/][\w-]*$/, '')}${word} `)
    setChosen(0)
  }
  const send = async () => {
    if (text.trim() === '' || !isLive || isBusy) return
    setBusy(true)
    // What is typed meanwhile is the next word.
    setText('')
    const failed = await carryOut(session.id, readSaid(text, ids))
    setBusy(false)
    setProblem(failed)
    if (failed !== undefined) setText(text)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return
    if (offers.length > 0 && onOfferKey(event)) return event.preventDefault()
    if (event.key !== 'Enter' || event.shiftKey) return
    event.preventDefault()
    void send()
  }
  const onOfferKey = ({ key }: KeyboardEvent): boolean => {
    const offer = offers[at]
    if (key === 'ArrowDown') setChosen((at + 1) % offers.length)
    else if (key === 'ArrowUp') setChosen((at + offers.length - 1) % offers.length)
    else if (key === 'Tab' && offer) complete(offer.word)
    else if (key === 'Enter' && offer && !text.endsWith(offer.word)) complete(offer.word)
    else return false
    return true
  }
  return (
    <div className="relative shrink-0 border-t p-2">
      {offers.length > 0 && (
        <div
          id={list}
          role="listbox"
          aria-label="What it knows"
          className="absolute inset-x-2 bottom-full mb-1 rounded border border-edge bg-raised p-1 shadow-over"
        >
          {offers.map(({ word, means }, index) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the text field has the keys, as a combobox does
            // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the text field (aria-activedescendant)
            <div
              key={word}
              id={`${list}-${index}`}
              role="option"
              aria-selected={index === at}
              onClick={() => complete(word)}
              className={classNames('rounded-sm px-2 py-1', index === at && 'bg-sunken')}
            >
              <span className="font-medium">{word}</span>{' '}
              <span className="text-small text-soft">{means}</span>
            </div>
          ))}
        </div>
      )}
      {problem !== undefined && (
        <p role="alert" className="px-1 pb-1 text-small text-bad wrap-anywhere">
          {problem}
        </p>
      )}
      <div className="flex items-end gap-1 rounded border border-edge bg-ground p-1">
        <textarea
          rows={2}
          dir="auto"
          aria-autocomplete="list"
          aria-label="What to do next"
          {...(offers.length > 0
            ? { 'aria-controls': list, 'aria-activedescendant': `${list}-${at}` }
            : {})}
          placeholder="Say what to do next, @agent to address one"
          value={text}
          onKeyDown={onKeyDown}
          onChange={(event) => {
            setText(event.currentTarget.value)
            setProblem(undefined)
          }}
          className="max-h-40 min-w-0 grow resize-none bg-transparent px-1 outline-none"
        />
        <IconButton
          label={isLive ? 'Send' : 'Thalogos does not answer; your words are kept'}
          icon={CornerDownLeft}
          disabled={!isLive || isBusy || text.trim() === ''}
          onClick={() => void send()}
        />
      </div>
    </div>
  )
}
