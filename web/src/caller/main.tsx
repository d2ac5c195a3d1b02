import "../shared/base.css";
import { render } from "preact";
render(<main><h1>Bonjour</h1></main>, document.getElementById("app")!);
