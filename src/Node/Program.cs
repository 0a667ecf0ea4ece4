namespace ChatAkka.Node; internal static class Program { public static void Main() { } }
