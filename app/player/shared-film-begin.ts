/**
 * All that the page runs before the first tap on play. Once the page is complete and idle, the player and the first clip
 * are loaded into the browser's cache, unless the visitor saves data. That tap makes sound and videos, as `createFilmMedia` does, since
 * some browsers let them start only there, and loads the player. A script that is lost is asked for again under another
 * name, because browsers may remember the failure by the name; after four times the next tap tries again.
 */
export const beginSharedFilm = `
  const film = document.querySelector('.film')
  const say = (state) => {
    film.dataset.filmState = state
    for (const each of film.querySelectorAll('[data-when]')) each.hidden = !each.dataset.when.includes(state)
  }
  film.querySelector('.film-fullscreen').hidden = !document.fullscreenEnabled
  const sound = () => {
    try {
      if (navigator.audioSession) navigator.audioSession.type = 'playback'
      const audio = new AudioContext()
      audio.resume().catch(() => {})
      return audio
    } catch { return null }
  }
  const video = () => {
    const made = document.createElement('video')
    Object.assign(made, { muted: true, playsInline: true, preload: 'auto', tabIndex: -1,
      disablePictureInPicture: true, disableRemotePlayback: true })
    made.play().catch(() => {})
    made.pause()
    return made
  }
  const ahead = () => {
    if (navigator.connection && navigator.connection.saveData) return
    const [first] = JSON.parse(document.getElementById('film').textContent).film.clips
    for (const file of [film.dataset.script, first && first.approved && first.approved.videoUrl])
      if (file) fetch(file, { priority: 'low' }).then((answer) => answer.blob()).catch(() => {})
  }
  addEventListener('load', () => window.requestIdleCallback ? requestIdleCallback(ahead) : setTimeout(ahead, 200))
  let asked = 0
  const load = (pause) => import(film.dataset.script + '#' + asked++).catch((error) => {
    if (pause > 2000) throw error
    return new Promise((next) => setTimeout(next, pause)).then(() => load(2 * pause))
  })
  addEventListener('click', ({ target, timeStamp }) => {
    if ('loaded' in film.dataset || !target.closest('[data-do=toggle]')) return
    const audio = 'music' in film.dataset ? sound() : null
    window.filmMedia = { audio, videos: [video(), video()] }
    film.dataset.loaded = timeStamp
    say('loading')
    load(500).catch(() => {
      if (audio) audio.close()
      delete film.dataset.loaded
      say('paused')
    })
  })
`.replace(/\n\s*/g, '\n');
