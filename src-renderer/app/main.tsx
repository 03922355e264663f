import './tokens.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { connect, followTheme, handOutStyleNonce, takeToken } from '../base/index.ts'
import { App } from './app.tsx'

/** The page: takes its token, connects, and shows what is. */
function start(root: HTMLElement): void {
  handOutStyleNonce(document)
  followTheme(document.documentElement)
  const token = takeToken(window.location, window.history, window.sessionStorage)
  if (token !== undefined) void connect(token, window.location.origin)
  createRoot(root).render(
    <StrictMode>
      <App hasToken={token !== undefined} />
    </StrictMode>,
  )
}

const root = document.getElementById('app')
if (root) start(root)
