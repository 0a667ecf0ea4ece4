namespace ChatAkka.Node.Links;

/// <summary>What a link has to do after something happened to its paths.</summary>
/// <param name="Path">The path of all frames from now on.</param>
/// <param name="SendsAgain">True if frames in flight may be lost, so that everything that is not acknowledged must be sent again.</param>
internal readonly record struct PathDecision(PathKind Path, bool SendsAgain);
