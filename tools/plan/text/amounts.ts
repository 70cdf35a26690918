/** `14 min 3 s`. */
export function duration(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  return [minutes > 0 ? `${minutes} min` : "", seconds % 60 > 0 || minutes === 0 ? `${seconds % 60} s` : ""]
    .filter(Boolean)
    .join(" ");
}

/** `14:03`, minutes and seconds. */
export function clock(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** USD to the cent; what is less than half of one as `0.00`. */
export function usd(amount: number): string {
  return amount.toFixed(2);
}

/** With at most three digits after the point. */
export function amount(quantity: number): string {
  return quantity.toLocaleString("en", { maximumFractionDigits: 3 });
}
