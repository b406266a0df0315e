export default function Landing() {
  return <h1>Bring your photos to life</h1>;
}
