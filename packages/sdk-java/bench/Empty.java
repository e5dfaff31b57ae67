/** Does nothing: what starting Java costs. */
final class Empty {
  public static void main(String[] args) {}
}
