from aws_cdk import App

from infrastructure.stack import AlgorithmStack

app = App()
AlgorithmStack(app, "{{name}}")
app.synth()
