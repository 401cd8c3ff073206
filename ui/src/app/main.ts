import { mount } from 'svelte';
import '../shared/styles/tokens.css';
import '../shared/styles/base.css';
import '../shared/styles/controls.css';
import '../shared/styles/table.css';
import { engine } from '../stores/engine.svelte';
import App from './app.svelte';

const target = document.getElementById('app');
if (!target) throw new Error('index.html has no #app element');
engine.start();
mount(App, { target });
