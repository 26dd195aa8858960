// The page.
import { render } from 'preact';
import { App } from './app.tsx';
import { followAddress } from './location.ts';
import { followSearches } from './state.ts';
import './style.css';

followAddress();
followSearches();
const place = document.getElementById('page');
if (place !== null) render(<App />, place);
