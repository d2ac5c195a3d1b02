// Icons on a 24-unit grid, strokes of the text's colour. They never stand alone: a word is beside
// them or in the button's label.

const paths = {
  phone: "M5 4h3l2 5-2.5 1.5a12 12 0 0 0 6 6L15 14l5 2v3a2 2 0 0 1-2 2A15 15 0 0 1 3 6a2 2 0 0 1 2-2Z",
  hangup: "M3 15.5c-.6-.6-.7-1.6-.2-2.4C4.600 10.300 8 8.500 12 8.500s7.400 1.800 9.200 4.600c.5.8.4 1.800-.2 2.400l-1.300 1.200c-.5.5-1.300.6-1.900.2l-2.300-1.500a1.500 1.500 0 0 1-.7-1.500l.2-1.200a10 10 0 0 0-6 0l.2 1.200c.1.6-.2 1.200-.7 1.500l-2.300 1.500c-.6.4-1.400.3-1.900-.2Z",
  mic: "M12 3a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3ZM6 11a6 6 0 0 0 12 0M12 17v4",
  micoff: "M9 5.500A3 3 0 0 1 15 6v5m-2 2.800A3 3 0 0 1 9 11V9M6 11a6 6 0 0 0 9.500 4.900M18 11a6 6 0 0 1-.4 2.200M12 17v4M4 4l16 16",
  keypad: "M6 5h.01M12 5h.01M18 5h.01M6 10.500h.01M12 10.500h.01M18 10.500h.01M6 16h.01M12 16h.01M18 16h.01M12 21h.01",
  send: "M4 12 20 4l-5 16-3.500-6.500L4 12ZM11.500 13.500 20 4",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.500 20.500a7.500 7.500 0 0 1 15 0",
  close: "M6 6l12 12M18 6 6 18",
  down: "M6 9.500l6 6 6-6",
  chat: "M4 5h16v11H10l-4 4v-4H4Z",
  search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM16 16l4.500 4.500",
  alert: "M12 4 2.500 20h19ZM12 10v4.500M12 17.500h.01",
  check: "M5 12.500l4.500 4.500L19 7",
  theme: "M12 3a9 9 0 1 0 0 18ZM12 3a9 9 0 0 1 0 18",
  back: "M9 7 4 12l5 5M4 12h10a6 6 0 0 1 6 6",
  clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 7.500V12l3 2",
  bot: "M5 9h14v10H5ZM12 9V5M9.500 13.500h.01M14.500 13.500h.01M10 16.500h4",
  forward: "M4 19c0-6 4-9 9-9h7M15 5l5 5-5 5",
  loop: "M4 12a8 8 0 0 1 14-5l2 2M20 4v5h-5M20 12a8 8 0 0 1-14 5l-2-2M4 20v-5h5",
  pause: "M8 5v14M16 5v14",
  play: "M8 5l11 7-11 7Z",
  ear: "M4 14v-2a8 8 0 0 1 16 0v2M3 14h4v6H3ZM17 14h4v6h-4Z",
  whisper: "M4 10h4l5-4v12l-5-4H4ZM17 9.500a4 4 0 0 1 0 5",
  people: "M8 12.500a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7ZM2 20c.600-4 3-5.500 6-5.500s5.400 1.500 6 5.500M16.500 11.500a2.500 2.500 0 1 0 0-5M17 14.500c2.500 0 4.500 1.500 5 4.500",
  detach: "M14 4h6v6M20 4l-8 8M18 14v5H5V6h5",
  bad: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM9 10h.01M15 10h.01M8.500 16.500c1.800-2.300 5.200-2.300 7 0",
  fair: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM9 10h.01M15 10h.01M8.500 15.500h7",
  good: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM9 10h.01M15 10h.01M8.500 14.500c1.800 2.600 5.200 2.600 7 0",
} as const;

export type IconName = keyof typeof paths;

/** Icon draws one; large is for buttons of 52 px and more. */
export function Icon({ name, large }: { name: IconName; large?: boolean }) {
  return <svg class={large ? "i l" : "i"} viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d={paths[name]} /></svg>;
}
