package dev.xcodex.hooks;

import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** The compiler of the Java that runs the tests. */
final class Compiler {
  private Compiler() {}

  /**
   * Compiles a class that sees the SDK. What is a preview until Java 21, a switch over types, is
   * on.
   *
   * @return what the compiler has to say; empty when it compiles
   */
  static String compile(String code, Path output) {
    String name = code.replaceFirst("(?s).*?class (\\w+).*", "$1");
    JavaFileObject source =
        new SimpleJavaFileObject(
            URI.create("string:///" + name + ".java"), JavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return code;
          }
        };
    int version = Runtime.version().feature();
    List<String> options =
        new ArrayList<>(List.of("-d", output.toString(), "--release", "" + version));
    options.addAll(List.of("-cp", System.getProperty("java.class.path")));
    if (version < 21) {
      options.add("--enable-preview");
    }
    StringWriter said = new StringWriter();
    boolean compiled =
        ToolProvider.getSystemJavaCompiler()
            .getTask(said, null, null, options, null, List.of(source))
            .call();
    return compiled ? "" : said.toString();
  }
}
